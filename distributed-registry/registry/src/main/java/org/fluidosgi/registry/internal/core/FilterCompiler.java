package org.fluidosgi.registry.internal.core;

import java.util.Map;
import java.util.function.Predicate;

/** Makes a condition of an LDAP filter; comes from outside, so that the core knows no OSGi. */
@FunctionalInterface
public interface FilterCompiler {
  /** The condition. Errors: IllegalArgumentException saying where the filter is wrong. */
  Predicate<Map<String, Object>> compile(String filter);
}
