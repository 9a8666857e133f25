package org.fluidosgi.registry.internal.core;

import java.util.Map;
import java.util.function.Predicate;

/** Makes a condition of an LDAP filter; comes from outside, so that the core knows no OSGi. */
public interface FilterCompiler {
  /** The condition over attributes whose names are found in any case. Errors: IllegalArgumentException saying where the filter is
   * wrong. */
  Predicate<Map<String, Object>> compile(String filter);

  /** The condition over attributes whose names are found in their own case only. Errors: as above. */
  Predicate<Map<String, Object>> compileExact(String filter);
}
