package org.fluidosgi.shell.internal;

/** A row of {@code voters}. */
public record VoterRow(String node, String role, String state, String name, boolean local) {}
