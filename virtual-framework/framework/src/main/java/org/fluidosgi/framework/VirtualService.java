package org.fluidosgi.framework;

import java.util.List;
import java.util.Map;

/** A service that a node shares with the group.
 * Shape: {@code endpointId} is its location-free id; {@code bundle} its registering bundle where that is a virtual one.
 * Threads: immutable snapshot. */
public record VirtualService(
    VirtualId id,
    VirtualNode node,
    String endpointId,
    List<String> interfaces,
    Map<String, Object> properties) {}
