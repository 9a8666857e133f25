package org.fluidosgi.registry.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fluidosgi.registry.Clause;
import org.fluidosgi.registry.Explanation;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/** What the store answers through its index is what asking every record answers. */
class PlannerPropertyTest {
  private static final int ROUNDS = Integer.getInteger("fluid.test.rounds", 1);

  /** Each seed makes this many pairs of a record set and a filter: 20 000 in verify, a million in the nightly profile. */
  private static final int PAIRS_PER_SEED = 5_000;

  private static final int SEEDS = ROUNDS == 1 ? 4 : 10 * ROUNDS;
  private static final int FOLLOWERS = 6;

  /** Pairs from one look at the followers to the next. */
  private static final int LOOK_EVERY = 8;

  private final OsgiFilters filters = new OsgiFilters();

  static IntStream seeds() {
    return IntStream.range(0, SEEDS);
  }

  /** A subscriber, and what it was told. */
  private record Follower(Interest interest, LocalStore.Handle handle, RecordingSink sink) {}

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void answersAreThoseOfAskingEveryRecord(int seed) {
    Random random = new Random(seed);
    boolean tidy = seed % 2 == 0;
    RandomQueries queries = new RandomQueries(random);
    LocalStore store =
        new LocalStore("n1", RandomQueries.node(1), filters, new IndexKeys(RandomQueries.DECLARED));
    TreeMap<RecordId, StoredRecord> model = new TreeMap<>(KeyIndex.ORDER);
    List<Follower> followers = new ArrayList<>();
    int mandatory = 0;
    int found = 0;
    for (int pair = 0; pair < PAIRS_PER_SEED; pair++) {
      change(queries, random, tidy, store, model);
      RandomQueries.Filter filter = queries.filter();
      Interest interest = interest(queries, random, filter.text());
      String about = "seed " + seed + ", pair " + pair + ", " + interest;

      List<RecordId> expected = asked(model, interest);
      assertEquals(expected, scanned(store, interest, 1 + random.nextInt(30)), about);
      Explanation explanation = store.explain(store.prepare(interest));
      assertEquals(expected.size(), explanation.matches(), about);
      assertTrue(explanation.candidates() >= expected.size(), about);
      found += expected.size();
      if (!filter.mandatory().isEmpty()
          && interest.filter() != null
          && interest.anyKey().isEmpty()
          && interest.scope() == RegistryRecord.Scope.GROUP) {
        mandatory++;
        explained(explanation, filter, tidy, model, about);
      }
      follow(store, followers, interest, random);
      for (Follower each : pair % LOOK_EVERY == 0 ? followers : List.<Follower>of()) {
        assertEquals(
            asked(model, each.interest()),
            each.sink().known.keySet().stream().sorted(KeyIndex.ORDER).toList(),
            () -> about + ": told to the subscriber of " + each.interest());
        each.sink().known.forEach((id, told) -> assertSame(model.get(id).record(), told, about));
        assertEquals(List.of(), each.sink().violations, about);
      }
    }
    assertTrue(mandatory > PAIRS_PER_SEED / 10, "few filters have a mandatory key: " + mandatory);
    assertTrue(found > PAIRS_PER_SEED, "few records were found: " + found);
  }

  private static void change(
      RandomQueries queries,
      Random random,
      boolean tidy,
      LocalStore store,
      Map<RecordId, StoredRecord> model) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      if (random.nextInt(3) > 0) {
        StoredRecord record = queries.record(tidy);
        store.put(record);
        model.put(record.record().id(), record);
      } else {
        RecordId id = queries.id();
        store.remove(id);
        model.remove(id);
      }
    }
  }

  private static Interest interest(RandomQueries queries, Random random, String filter) {
    return new Interest(
            RandomQueries.KIND, queries.anyKey(), random.nextInt(50) == 0 ? null : filter)
        .within(random.nextInt(5) == 0 ? RegistryRecord.Scope.LOCAL : RegistryRecord.Scope.GROUP);
  }

  /** Brute force: each record, the framework's filter, and keys read off the record as the documentation says. */
  private List<RecordId> asked(Map<RecordId, StoredRecord> model, Interest interest) {
    Predicate<Map<String, Object>> filter =
        interest.filter() == null ? any -> true : filters.compile(interest.filter());
    return model.values().stream()
        .map(StoredRecord::record)
        .filter(record -> interest.scope() == RegistryRecord.Scope.GROUP
            || record.id().owner().equals(RandomQueries.node(1)))
        .filter(record -> interest.anyKey().isEmpty()
            || interest.anyKey().stream().anyMatch(keys(record)::contains))
        .filter(record -> filter.test(record.attributes()))
        .map(RegistryRecord::id)
        .toList();
  }

  private static Set<String> keys(RegistryRecord record) {
    Set<String> keys = new java.util.HashSet<>(record.keys());
    record.attributes().forEach((name, value) -> {
      for (String declared : List.of("objectClass", "bsn", "sha256", "Region")) {
        if (declared.equalsIgnoreCase(name)) {
          texts(value).forEach(text -> keys.add(new RandomQueries.Equality(declared, text).key()));
        }
      }
    });
    return keys;
  }

  private static List<String> texts(Object value) {
    List<?> values = value instanceof Object[] array
        ? List.of(array)
        : value instanceof java.util.Collection<?> collection
            ? List.copyOf(collection)
            : List.of(value);
    return values.stream()
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .toList();
  }

  private static List<RecordId> scanned(LocalStore store, Interest interest, int size) {
    List<RecordId> ids = new ArrayList<>();
    String cursor = null;
    do {
      Page page = store
          .look(store.prepare(interest), LocalStore.position(interest, cursor))
          .page(size, () -> false);
      page.records().forEach(record -> ids.add(record.id()));
      cursor = page.next();
    } while (cursor != null);
    return ids;
  }

  private void explained(
      Explanation explanation,
      RandomQueries.Filter filter,
      boolean tidy,
      Map<RecordId, StoredRecord> model,
      String about) {
    String named = explanation.keys().get(0).key();
    Map<String, RandomQueries.Equality> mandatory = new HashMap<>();
    filter.mandatory().forEach(each -> mandatory.put(each.key(), each));
    assertTrue(mandatory.containsKey(named), () -> about + ": " + explanation + ", " + mandatory);
    assertTrue(explanation.keys().size() <= 2, about);
    if (tidy) {
      assertEquals(
          List.of(new Explanation.Key(named, explanation.candidates())), explanation.keys(), about);
      Map<String, Integer> records = mandatory.entrySet().stream()
          .collect(Collectors.toMap(
              Map.Entry::getKey,
              each -> asked(
                      model,
                      Interest.matching(RandomQueries.KIND, each.getValue().filter()))
                  .size()));
      assertEquals(records.get(named), explanation.candidates(), about);
      assertEquals(
          records.values().stream().mapToInt(each -> each).min().orElseThrow(),
          explanation.candidates(),
          () -> about + ": the smallest of " + records);
    }
  }

  private static void follow(
      LocalStore store, List<Follower> followers, Interest interest, Random random) {
    if (random.nextInt(10) > 0) {
      return;
    }
    if (followers.size() == FOLLOWERS) {
      LocalStore.Handle oldest = followers.remove(0).handle();
      oldest.close();
      oldest.forget();
    }
    RecordingSink sink = new RecordingSink();
    LocalStore.Handle handle = store.subscribe(store.prepare(interest), sink);
    handle.open(1);
    followers.add(new Follower(interest, handle, sink));
  }

  @Test
  void providersAreThoseOfAskingEveryCapability() {
    Random random = new Random(11);
    RandomQueries queries = new RandomQueries(random);
    LocalStore store =
        new LocalStore("n1", RandomQueries.node(1), filters, new IndexKeys(List.of()));
    TreeMap<RecordId, StoredRecord> model = new TreeMap<>(KeyIndex.ORDER);
    int found = 0;
    int byKey = 0;
    int pairs = PAIRS_PER_SEED * ROUNDS / 2;
    for (int pair = 0; pair < pairs; pair++) {
      StoredRecord record = queries.resource();
      store.put(record);
      model.put(record.record().id(), record);
      if (random.nextInt(3) == 0) {
        RecordId gone = queries.resource().record().id();
        store.remove(gone);
        model.remove(gone);
      }
      String namespace =
          RandomQueries.NAMESPACES.get(random.nextInt(RandomQueries.NAMESPACES.size()));
      Interest interest = Interest.providing(
          namespace, random.nextInt(50) == 0 ? null : queries.capabilityFilter());
      Predicate<Map<String, Object>> filter =
          interest.filter() == null ? any -> true : filters.compileExact(interest.filter());
      List<RecordId> expected = model.values().stream()
          .map(StoredRecord::record)
          .filter(each -> Clause.in(each, Clause.CAPABILITIES, namespace).stream()
              .anyMatch(capability -> filter.test(capability.attributes())))
          .map(RegistryRecord::id)
          .toList();
      String about = "pair " + pair + ", " + interest;
      assertEquals(expected, scanned(store, interest, 5), about);
      Explanation explanation = store.explain(store.prepare(interest));
      assertEquals(expected.size(), explanation.matches(), about);
      assertTrue(explanation.keys().get(0).key().startsWith("cap:" + namespace), about);
      found += expected.size();
      byKey += explanation.keys().get(0).key().equals("cap:" + namespace) ? 0 : 1;
    }
    assertTrue(found > pairs / 2 && byKey > pairs / 10, found + " found, by key " + byKey);
  }

  @Test
  void filtersAreRefusedWhereTheFrameworkRefusesThem() {
    int rounds = 10_000 * ROUNDS;
    Random random = new Random(7);
    RandomQueries queries = new RandomQueries(random);
    int refused = 0;
    for (int round = 0; round < rounds; round++) {
      String text = queries.filter().text();
      for (int damage = random.nextInt(3); damage >= 0 && !text.isEmpty(); damage--) {
        text = queries.damaged(text);
      }
      String filter = text;
      if (framework(filter)) {
        FilterParser.parse(filter);
      } else {
        refused++;
        IllegalArgumentException e =
            assertThrows(IllegalArgumentException.class, () -> FilterParser.parse(filter), filter);
        assertTrue(
            e.getMessage().startsWith("filter " + filter + " is wrong at character "),
            e.getMessage());
      }
    }
    assertTrue(refused > rounds / 10 && refused < rounds, refused + " of " + rounds);
  }

  private static boolean framework(String filter) {
    try {
      FrameworkUtil.createFilter(filter);
      return true;
    } catch (InvalidSyntaxException e) {
      return false;
    }
  }
}
