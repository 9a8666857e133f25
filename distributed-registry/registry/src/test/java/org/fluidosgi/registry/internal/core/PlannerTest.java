package org.fluidosgi.registry.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Attributes;
import org.fluidosgi.registry.Clause;
import org.fluidosgi.registry.Explanation;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/** Which keys a filter is looked up by, and where a wrong one is wrong. */
class PlannerTest {
  private static final NodeId SELF = new NodeId(new UUID(0, 1));
  private static final NodeId PEER = new NodeId(new UUID(0, 2));

  private final LocalStore store =
      new LocalStore("n1", SELF, new OsgiFilters(), new IndexKeys(List.of("service.pid")));

  /** Ten records of a.A, two of them of b.B too and in the bundle x; region is known of all and not indexed. */
  @BeforeEach
  void fill() {
    for (int i = 0; i < 10; i++) {
      put(
          i % 5 == 0 ? SELF : PEER,
          "r" + i,
          i < 2
              ? Map.of(
                  "objectClass",
                  new String[] {"a.A", "b.B"},
                  "bsn",
                  "x",
                  "region",
                  "r" + i,
                  "service.pid",
                  List.of("p", "p" + i))
              : Map.of("objectClass", new String[] {"a.A"}, "region", "r" + i));
    }
  }

  private void put(NodeId owner, String name, Map<String, Object> attributes) {
    store.put(StoredRecord.of(
        new RegistryRecord(
            new RecordId(owner, "endpoint", name),
            new Incarnation(new UUID(1, 1), 1),
            0,
            1,
            RegistryRecord.Scope.GROUP,
            Duration.ZERO,
            1,
            Set.of(),
            attributes),
        new byte[0]));
  }

  private Explanation explain(String filter) {
    return store.explain(store.prepare(Interest.matching("endpoint", filter)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "(objectClass=a.A) ; oc:a.A ; 10 ; 10",
        "(OBJECTclass =b.B) ; oc:b.B ; 2 ; 2",
        "(&(region=r1)(objectClass=a.A)(bsn=x)) ; bsn:x ; 2 ; 1",
        "(&(objectClass=a.A)(objectClass=b.B)(region=*)) ; oc:b.B ; 2 ; 2",
        "(&(bsn=x)(objectClass=b.B)) ; oc:b.B ; 2 ; 2",
        "(|(service.pid=p0)(service.pid=p1)(bsn=y)) ; attr:service.pid:p0 attr:service.pid:p1 bsn:y ; 2 ; 2",
        "(&(objectClass=a.A)(|(bsn=x)(bsn=y))) ; oc:a.A ; 10 ; 2",
        "(|(bsn=x)(region=r5)) ;  ; 10 ; 3",
        "(&(region=r5)(!(bsn=x))) ;  ; 10 ; 1",
        "(!(|(!(bsn=x))(region=r0))) ; bsn:x ; 2 ; 1",
        "(!(&(!(bsn=x))(!(bsn=y)))) ; bsn:x bsn:y ; 2 ; 2",
        "(objectClass=a.*) ;  ; 10 ; 10",
        "(objectClass=*) ;  ; 10 ; 10",
        "(objectClass~=A.a) ;  ; 10 ; 10",
        "(objectClass>=b) ;  ; 10 ; 2",
        "(bsn=none) ; bsn:none ; 0 ; 0",
      })
  void keysAndCandidates(String filter, String keys, int candidates, int matches) {
    Explanation explanation = explain(filter);
    List<String> named = explanation.keys().stream().map(Explanation.Key::key).toList();
    assertEquals(keys == null ? List.of() : Arrays.asList(keys.split(" ")), named);
    assertEquals(candidates, explanation.candidates());
    assertEquals(matches, explanation.matches());
    assertEquals(List.of(SELF), explanation.where());
  }

  @Test
  void scopeLocalLooksAtThisNodesRecordsOnly() {
    Interest all = Interest.inKind("endpoint").within(RegistryRecord.Scope.LOCAL);
    store.ownerUnknown(true);
    Explanation explanation = store.explain(store.prepare(all));
    assertEquals(2, explanation.candidates());
    assertEquals(2, explanation.matches());
    assertTrue(explanation.partial());
    Interest some =
        Interest.matching("endpoint", "(objectClass=b.B)").within(RegistryRecord.Scope.LOCAL);
    assertEquals(
        List.of("r0"),
        store.look(store.prepare(some), null).page(5, () -> false).records().stream()
            .map(record -> record.id().name())
            .toList());
    IllegalArgumentException e = assertThrows(
        IllegalArgumentException.class,
        () -> store.prepare(all.within(RegistryRecord.Scope.WORLD)));
    assertEquals(
        "scope world: no other group is known to this node, ask for scope group", e.getMessage());
  }

  @Test
  void whatIsNoKeyIsFoundAllTheSame() {
    String text = "x".repeat(RegistryStore.KEY_CHARS_MAX);
    put(PEER, "long", Map.of("bsn", text));
    put(PEER, "number", Map.of("bsn", 5));
    put(PEER, "deep", Map.of("bsn", List.of("a", List.of("b"))));
    String[] many = new String[RegistryStore.KEYS_PER_RECORD_MAX + 5];
    Arrays.setAll(many, i -> "c" + i);
    put(PEER, "many", Map.of("objectClass", many));

    assertEquals(1, explain("(bsn=" + text + ")").matches());
    assertEquals(1, explain("(bsn=05)").matches());
    assertEquals(1, explain("(bsn=b)").matches());
    assertEquals(1, explain("(objectClass=c" + (many.length - 1) + ")").matches());
    assertEquals(
        List.of(new Explanation.Key("bsn:a", 1), new Explanation.Key("odd:bsn:", 3)),
        explain("(bsn=a)").keys());
    for (String name : List.of("long", "number", "deep", "many")) {
      store.remove(new RecordId(PEER, "endpoint", name));
    }
    assertEquals(List.of(new Explanation.Key("bsn:a", 0)), explain("(bsn=a)").keys());
  }

  @Test
  void pagesEndAfterSomeCandidates() {
    int records = RegistryStore.PAGE_TRIED_MAX + 5;
    for (int i = 10; i < records; i++) {
      put(PEER, "r" + i, Map.of("region", i == records - 1 ? "last" : "other"));
    }
    Interest interest = Interest.matching("endpoint", "(region=last)");
    List<Integer> found = new ArrayList<>();
    String cursor = null;
    do {
      Page page = store
          .look(store.prepare(interest), LocalStore.position(interest, cursor))
          .page(5, () -> false);
      found.add(page.records().size());
      cursor = page.next();
    } while (cursor != null);
    assertEquals(2, found.size());
    assertEquals(1, found.get(0) + found.get(1));
    Explanation explanation = store.explain(store.prepare(interest));
    assertEquals(records, explanation.candidates());
  }

  private void provide(String bundle, Clause... capabilities) {
    store.put(StoredRecord.of(
        new RegistryRecord(
            new RecordId(PEER, Interest.RESOURCE, bundle),
            new Incarnation(new UUID(1, 1), 1),
            0,
            1,
            RegistryRecord.Scope.GROUP,
            Duration.ZERO,
            1,
            Set.of(),
            // As it arrives: written and read.
            Attributes.decode(Attributes.encode(
                Map.of(Clause.CAPABILITIES, Clause.grouped(List.of(capabilities)))))),
        new byte[0]));
  }

  private static Clause exported(String name, String version) {
    return new Clause(
        "osgi.wiring.package",
        Map.of("osgi.wiring.package", name, "version", Version.parseVersion(version)),
        Map.of("uses", "x"));
  }

  private List<String> providers(String namespace, String filter, String... keys) {
    Planner.Query query = store.prepare(Interest.providing(namespace, filter));
    assertEquals(
        List.of(keys),
        store.explain(query).keys().stream().map(Explanation.Key::key).toList());
    return store.look(query, null).page(10, () -> false).records().stream()
        .map(record -> record.id().name())
        .toList();
  }

  @Test
  void capabilitiesAreFoundOneByOne() {
    provide("one", exported("a.b", "1.0"), exported("c.d", "3.0"));
    provide("two", exported("a.b", "2.5.1"), new Clause("x.y", Map.of("x.y", 5L), Map.of()));
    provide("three", exported("c.d", "1.0"), new Clause("x.y", Map.of("other", "o"), Map.of()));
    String packages = "osgi.wiring.package";
    String key = "cap:osgi.wiring.package:a.b";
    assertEquals(List.of("one", "two"), providers(packages, "(osgi.wiring.package=a.b)", key));
    String range = new VersionRange("[1.0,2.5.1]").toFilterString("version");
    assertEquals(
        List.of("one", "two"),
        providers(packages, "(&(osgi.wiring.package=a.b)" + range + ")", key));
    range = new VersionRange("[2,3)").toFilterString("version");
    assertEquals(
        List.of("two"),
        providers(packages, "(&" + range + "(osgi.wiring.package=a.b))", key),
        "one has a.b and something of version 3, but no a.b of version 2");
    assertEquals(
        List.of("one", "three", "two"), providers(packages, null, "cap:osgi.wiring.package"));
    assertEquals(
        List.of("one", "three"),
        providers(packages, "(osgi.wiring.package=c*)", "cap:osgi.wiring.package"));
    assertEquals(
        List.of(),
        providers(packages, "(OSGI.wiring.package=a.b)", "cap:osgi.wiring.package"),
        "capabilities' attributes have one case");
    assertEquals(List.of("two"), providers("x.y", "(x.y=05)", "cap:x.y:05", "odd:cap:x.y:"));
    assertEquals(List.of("three"), providers("x.y", "(other=o)", "cap:x.y"));
    assertEquals(List.of(), providers("none", null, "cap:none"));
    store.remove(new RecordId(PEER, Interest.RESOURCE, "two"));
    assertEquals(List.of("one"), providers(packages, "(osgi.wiring.package=a.b)", key));
  }

  @Test
  void oddCapabilitiesHarmNobody() {
    provide("good", exported("a.b", "1.0"));
    for (Object odd : List.of(
        5,
        Map.of("osgi.wiring.package", 5),
        List.of("x"),
        Map.of("osgi.wiring.package", List.of(new byte[] {1, 2}, "x", 5)))) {
      store.put(StoredRecord.of(
          new RegistryRecord(
              new RecordId(PEER, Interest.RESOURCE, "odd"),
              new Incarnation(new UUID(1, 1), 1),
              0,
              1,
              RegistryRecord.Scope.GROUP,
              Duration.ZERO,
              1,
              Set.of("cap:osgi.wiring.package:a.b"),
              Map.of(Clause.CAPABILITIES, odd)),
          new byte[0]));
      assertEquals(
          List.of("good"),
          providers(
              "osgi.wiring.package", "(osgi.wiring.package=a.b)", "cap:osgi.wiring.package:a.b"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "x", " (", "()", "(a)", "(a=b", "(&(a=b)", "(a=b))", "(a=(b)", "(=b)", "(a~b)", "(a>=)",
        "(&)"
      })
  void theCharacterOfAWrongFilterIsNamed(String filter) {
    Map<String, String> where = Map.ofEntries(
        Map.entry("", "1: it ends too early"),
        Map.entry("x", "1: '(' expected"),
        Map.entry(" (", "3: it ends too early"),
        Map.entry("()", "2: the name of an attribute is missing"),
        Map.entry("(a)", "3: '=', '~=', '<=' or '>=' expected"),
        Map.entry("(a=b", "5: it ends too early"),
        Map.entry("(&(a=b)", "8: it ends too early"),
        Map.entry("(a=b))", "6: nothing may follow the last ')'"),
        Map.entry("(a=(b)", "4: '(' in a value is written '\\('"),
        Map.entry("(=b)", "2: the name of an attribute is missing"),
        Map.entry("(a~b)", "3: '=', '~=', '<=' or '>=' expected"),
        Map.entry("(a>=)", "5: a value is missing"),
        Map.entry("(&)", "3: '=', '~=', '<=' or '>=' expected"));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> explain(filter));
    assertEquals(
        "filter " + filter + " is wrong at character " + where.get(filter), e.getMessage());
  }

  @Test
  void filtersHaveLimits() {
    String deep =
        "(!".repeat(FilterParser.DEPTH_MAX - 1) + "(a=b)" + ")".repeat(FilterParser.DEPTH_MAX - 1);
    assertEquals(10, explain(deep).matches());
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> explain("(!" + deep + ")"));
    assertTrue(e.getMessage().endsWith("nested deeper than 200"), e.getMessage());
    e = assertThrows(
        IllegalArgumentException.class,
        () -> explain("(a=" + "b".repeat(FilterParser.CHARS_MAX) + ")"));
    assertEquals("a filter of 65540 characters, at most 65536 are allowed", e.getMessage());
  }

  @Test
  void namesToIndexAreChecked() {
    for (String name : List.of("", "a b", "a:b", "x".repeat(129))) {
      assertThrows(IllegalArgumentException.class, () -> new IndexKeys(List.of(name)));
    }
    List<String> many =
        java.util.stream.IntStream.range(0, 33).mapToObj(i -> "a" + i).toList();
    assertThrows(IllegalArgumentException.class, () -> new IndexKeys(many));
  }
}
