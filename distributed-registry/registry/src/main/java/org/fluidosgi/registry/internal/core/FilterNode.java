package org.fluidosgi.registry.internal.core;

import java.util.List;

/** An LDAP filter as far as planning has to understand it. Threads: immutable. */
sealed interface FilterNode {
  /** All parts match. Shape: {@code texts} are the parts as written where this is the whole filter, else empty. */
  record And(List<FilterNode> parts, List<String> texts) implements FilterNode {}

  /** At least one part matches. */
  record Or(List<FilterNode> parts) implements FilterNode {}

  /** The part does not match. */
  record Not(FilterNode part) implements FilterNode {}

  /** The attribute, or one of its values, is that text; without wildcards, unescaped. */
  record Equal(String attribute, String value) implements FilterNode {}

  /** Every other comparison: presence, wildcards, {@code ~=}, {@code >=}, {@code <=}. */
  record Other(String attribute) implements FilterNode {}
}
