package org.fluidosgi.registry.internal.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Clause;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.RegistryRecord;
import org.jspecify.annotations.Nullable;

/** Turns interests into queries: by which keys to look, and what to ask of each record found there. The only way from a filter to
 * records; what the filter matches is decided by the framework's own filter.
 * Threads: immutable. Source: protocol-registry section 8. */
final class Planner {
  private final NodeId self;
  private final FilterCompiler filters;
  private final IndexKeys keys;

  Planner(NodeId self, FilterCompiler filters, IndexKeys keys) {
    this.self = self;
    this.filters = filters;
    this.keys = keys;
  }

  /** The query. Errors: IllegalArgumentException when the filter is wrong, naming the place, or the scope cannot be asked. */
  Query plan(Interest interest) {
    if (interest.scope() == RegistryRecord.Scope.WORLD) {
      throw new IllegalArgumentException(
          "scope world: no other group is known to this node, ask for scope group");
    }
    List<Lookup> conditions = new ArrayList<>();
    if (!interest.anyKey().isEmpty()) {
      conditions.add(Lookup.anyKey(interest.anyKey()));
    }
    String filter = interest.filter();
    String namespace = interest.namespace();
    Lookup byFilter = Lookup.ALL;
    if (filter != null) {
      FilterNode node = FilterParser.parse(filter);
      byFilter = lookup(node, namespace, false);
      filter = keysLast(node, namespace, filter);
    }
    conditions.add(
        namespace != null && byFilter instanceof Lookup.Scan
            ? IndexKeys.providing(namespace)
            : byFilter);
    return new Query(interest, Lookup.choice(conditions), test(namespace, filter), self, keys);
  }

  /** The same filter with what may have been looked up by key at its end: of the candidates it is true nearly always, so that the other
   * parts save asking it. */
  private String keysLast(FilterNode node, @Nullable String namespace, String filter) {
    if (!(node instanceof FilterNode.And and)) {
      return filter;
    }
    StringBuilder last = new StringBuilder();
    StringBuilder text = new StringBuilder("(&");
    for (int i = 0; i < and.parts().size(); i++) {
      boolean found = !(lookup(and.parts().get(i), namespace, false) instanceof Lookup.Scan);
      (found ? last : text).append(and.texts().get(i));
    }
    return text.append(last).append(')').toString();
  }

  private Predicate<RegistryRecord> test(@Nullable String namespace, @Nullable String filter) {
    if (namespace == null) {
      if (filter == null) {
        return any -> true;
      }
      Predicate<Map<String, Object>> matches = filters.compile(filter);
      return record -> matches.test(record.attributes());
    }
    Predicate<Map<String, Object>> matches =
        filter == null ? any -> true : filters.compileExact(filter);
    return record -> Clause.in(record, Clause.CAPABILITIES, namespace).stream()
        .anyMatch(capability -> matches.test(capability.attributes()));
  }

  /** Where that part can match, or with {@code not} where it can fail to. A filter either matches or does not, so De Morgan's laws
   * hold. */
  private Lookup lookup(FilterNode node, @Nullable String namespace, boolean not) {
    if (node instanceof FilterNode.Not inner) {
      return lookup(inner.part(), namespace, !not);
    }
    if (node instanceof FilterNode.And and) {
      List<Lookup> parts = lookups(and.parts(), namespace, not);
      return not ? Lookup.union(parts) : Lookup.choice(parts);
    }
    if (node instanceof FilterNode.Or or) {
      List<Lookup> parts = lookups(or.parts(), namespace, not);
      return not ? Lookup.choice(parts) : Lookup.union(parts);
    }
    return !not && node instanceof FilterNode.Equal equal ? equal(equal, namespace) : Lookup.ALL;
  }

  private List<Lookup> lookups(List<FilterNode> parts, @Nullable String namespace, boolean not) {
    return parts.stream().map(part -> lookup(part, namespace, not)).toList();
  }

  private Lookup equal(FilterNode.Equal equal, @Nullable String namespace) {
    if (namespace == null) {
      return keys.equal(equal.attribute(), equal.value());
    }
    return equal.attribute().equals(namespace)
        ? IndexKeys.providing(namespace, equal.value())
        : Lookup.ALL;
  }

  /** A checked interest: where its records are found, and whether a record is one. */
  record Query(
      Interest interest,
      Lookup lookup,
      Predicate<RegistryRecord> test,
      NodeId self,
      IndexKeys keys) {
    boolean matches(RegistryRecord record) {
      NodeId owner = owner();
      return (owner == null || owner.equals(record.id().owner()))
          && hasKey(record)
          && test.test(record);
    }

    /** The only owner whose records are asked for, null for all. */
    @Nullable
    NodeId owner() {
      return interest.scope() == RegistryRecord.Scope.LOCAL ? self : null;
    }

    private boolean hasKey(RegistryRecord record) {
      return interest.anyKey().isEmpty()
          || interest.anyKey().stream().anyMatch(record.keys()::contains)
          || interest.anyKey().stream().anyMatch(keys.of(record)::contains);
    }
  }
}
