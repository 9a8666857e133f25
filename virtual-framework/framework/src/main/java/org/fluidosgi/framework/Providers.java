package org.fluidosgi.framework;

import java.util.List;
import java.util.Map;

/** Who provides what was required, as far as this node knows.
 * Shape: {@code found} by node and bundle; {@code partial} says that there are members whose bundles are not known yet. Threads: immutable. */
public record Providers(List<Provider> found, boolean partial) {
  public Providers {
    found = List.copyOf(found);
  }

  /** A bundle and the attributes of its capability. */
  public record Provider(VirtualBundle bundle, Map<String, Object> attributes) {}
}
