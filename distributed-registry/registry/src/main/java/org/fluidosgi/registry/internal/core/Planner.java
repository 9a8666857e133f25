package org.fluidosgi.registry.internal.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.fluidosgi.channel.NodeId;
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
    Predicate<Map<String, Object>> test = any -> true;
    String filter = interest.filter();
    if (filter != null) {
      FilterNode node = FilterParser.parse(filter);
      test = filters.compile(filter);
      conditions.add(lookup(node, false));
    }
    return new Query(interest, Lookup.choice(conditions), test, self, keys);
  }

  /** Where that part can match, or with {@code not} where it can fail to. A filter either matches or does not, so De Morgan's laws
   * hold. */
  private Lookup lookup(FilterNode node, boolean not) {
    if (node instanceof FilterNode.Not inner) {
      return lookup(inner.part(), !not);
    }
    if (node instanceof FilterNode.And and) {
      return not ? union(and.parts(), true) : choice(and.parts(), false);
    }
    if (node instanceof FilterNode.Or or) {
      return not ? choice(or.parts(), true) : union(or.parts(), false);
    }
    return !not && node instanceof FilterNode.Equal equal
        ? keys.equal(equal.attribute(), equal.value())
        : Lookup.ALL;
  }

  private Lookup union(List<FilterNode> parts, boolean not) {
    return Lookup.union(parts.stream().map(part -> lookup(part, not)).toList());
  }

  private Lookup choice(List<FilterNode> parts, boolean not) {
    return Lookup.choice(parts.stream().map(part -> lookup(part, not)).toList());
  }

  /** A checked interest: where its records are found, and whether a record is one. */
  record Query(
      Interest interest,
      Lookup lookup,
      Predicate<Map<String, Object>> filter,
      NodeId self,
      IndexKeys keys) {
    boolean matches(RegistryRecord record) {
      NodeId owner = owner();
      return (owner == null || owner.equals(record.id().owner()))
          && hasKey(record)
          && filter.test(record.attributes());
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
