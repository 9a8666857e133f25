package org.fluidosgi.simulation.registry;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.RegistryRecord;
import org.jspecify.annotations.Nullable;

/** Something to look for, as the store is told it and as plain code. */
record Wish(Set<String> keys, @Nullable String filter, Predicate<RegistryRecord> means) {
  static final List<Wish> ALL = List.of(
      new Wish(Set.of(), null, record -> true),
      new Wish(
          Set.of("k:1", "k:3"), null, record -> Set.of(1L, 3L).contains(Content.value(record) % 5)),
      new Wish(Set.of("none"), null, record -> false),
      new Wish(Set.of(), "(group=3)", record -> Content.value(record) % 7 == 3),
      new Wish(
          Set.of(),
          "(|(group=1)(value<=40))",
          record -> Content.value(record) % 7 == 1 || Content.value(record) <= 40),
      new Wish(Set.of(), "(objectClass=c1)", record -> isClass(record, 3, 1)),
      new Wish(
          Set.of(),
          "(&(group>=3)(objectClass=d0))",
          record -> Content.value(record) % 7 >= 3 && isClass(record, 2, 0)),
      new Wish(
          Set.of("k:4"),
          "(|(objectClass=c0)(bsn=b3))",
          record -> Content.value(record) % 5 == 4
              && (isClass(record, 3, 0) || Content.value(record) % 4 == 3)),
      new Wish(Set.of(), "(!(bsn=b1))", record -> Content.value(record) % 4 != 1),
      new Wish(
          Set.of(),
          "(!(&(!(bsn=b2))(!(objectClass=d1))))",
          record -> Content.value(record) % 4 == 2 || isClass(record, 2, 1)),
      new Wish(Set.of(), "(objectClass=7)", record -> Content.value(record) % 29 == 0),
      new Wish(Set.of(), "(text=v2)", record -> Content.value(record) == 2),
      new Wish(
          Set.of("all", "k:2"),
          "(&(group>=2)(!(text=v*1)))",
          record -> Content.value(record) % 7 >= 2 && Content.value(record) % 10 != 1));

  private static boolean isClass(RegistryRecord record, int of, int rest) {
    return Content.value(record) % 29 != 0 && Content.value(record) % of == rest;
  }

  Interest in(String kind) {
    return new Interest(kind, keys, filter);
  }

  boolean matches(String kind, RegistryRecord record) {
    return record.id().kind().equals(kind) && means.test(record);
  }
}
