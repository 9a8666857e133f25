package org.fluidosgi.framework.internal.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.fluidosgi.framework.internal.core.NodeFacts;
import org.fluidosgi.framework.internal.core.NodeIds;
import org.fluidosgi.framework.internal.core.OrdinalTable;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.View;
import org.fluidosgi.topology.spi.Region;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;

/** Bundles, nodes and numbers that come, change and go, against a plain walk over all that there is. */
class GroupIndexPropertyTest {
  private static final NodeId SELF = new NodeId(new UUID(1, 1));
  private static final List<NodeId> OTHERS =
      IntStream.range(2, 6).mapToObj(i -> new NodeId(new UUID(i, i))).toList();
  private static final List<UUID> GROUPS = List.of(new UUID(70, 70), new UUID(71, 71));
  private static final int STEPS = 3_000;
  private static final int COUNTERS = 6;
  private static final int LOCATIONS = 8;
  private static final int ORDINALS = 7;

  @TempDir
  Path work;

  private final Sinks sinks = new Sinks();
  private final LocalTable local = new LocalTable();
  private NodeIds ids;
  private GroupTables tables;
  private GroupIndex index;

  /** The model: what has been said. */
  private final Map<Long, VirtualBundle> here = new ConcurrentSkipListMap<>();

  private final Map<NodeId, UUID> groups = new HashMap<>();
  private final Map<RecordId, BundleFacts> there = new HashMap<>();
  private long revision;

  private void open() throws IOException {
    RemoteBundle.Remote remote = (RemoteBundle.Remote) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {RemoteBundle.Remote.class},
        (proxy, method, arguments) -> null);
    ids = NodeIds.open(work.resolve("ids"), () -> GROUPS.get(0));
    tables = new GroupTables(SELF, ids, new OrdinalTable(GROUPS.get(0)), remote);
    tables.follow(sinks);
    index = new GroupIndex(local, bundle -> here.get(bundle.counter()), () -> tables);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void itAlwaysAgreesWithAWalkOverAllBundles(long seed) throws Exception {
    open();
    Random random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      String what = "seed " + seed + ", step " + step + ": " + act(random);
      check(what);
    }
  }

  private String act(Random random) throws IOException {
    int owner = random.nextInt(OTHERS.size());
    NodeId node = OTHERS.get(owner);
    int counter = 1 + random.nextInt(COUNTERS);
    return switch (random.nextInt(12)) {
      case 0, 1 -> installHere(counter, random);
      case 2 -> uninstallHere(counter);
      case 3, 4, 5 -> bundle(node, owner + 2, counter, random);
      case 6 -> bundleGone(node, owner + 2, counter);
      case 7 -> node(node, owner + 2, GROUPS.get(random.nextInt(4) == 0 ? 1 : 0));
      case 8 -> random.nextInt(3) == 0 ? nodeGone(node) : "nothing";
      case 9 -> random.nextInt(4) == 0 ? view(random) : "nothing";
      case 10 -> random.nextInt(3) == 0 ? renumber(random) : "nothing";
      default -> installed(node, owner + 2, counter, random);
    };
  }

  private String installHere(int counter, Random random) {
    String location = location(random);
    if (!here.containsKey((long) counter) && local.byLocation(location) == null) {
      here.put((long) counter, bundleHere(counter, location));
      local.putIfAbsent(hostId(counter), localBundle(counter, location));
    }
    return "install " + counter + " here";
  }

  private String uninstallHere(int counter) {
    local.remove(hostId(counter));
    here.remove((long) counter);
    return "uninstall " + counter + " here";
  }

  private String bundle(NodeId node, int ordinal, int counter, Random random) {
    BundleFacts facts = facts(ordinal, counter, location(random));
    RecordId id = id(node, ordinal, counter);
    there.put(id, facts);
    sinks.present(id, facts.toAttributes());
    return "record " + id + " " + facts.location();
  }

  private String bundleGone(NodeId node, int ordinal, int counter) {
    RecordId id = id(node, ordinal, counter);
    if (there.remove(id) != null) {
      sinks.gone(id);
    }
    return "no record " + id;
  }

  private String installed(NodeId node, int ordinal, int counter, Random random) {
    RecordId id = id(node, ordinal, counter);
    if (there.containsKey(id)) {
      BundleFacts facts = facts(ordinal, counter, location(random));
      if (!groups.containsKey(node)) {
        there.remove(id); // its node left: it comes back as uninstalled
        assertEquals(Bundle.UNINSTALLED, tables.installed(node, facts).getState());
      } else {
        there.put(id, facts);
        tables.installed(node, facts);
      }
    }
    return "answer of " + id;
  }

  private String node(NodeId node, int ordinal, UUID group) {
    groups.put(node, group);
    NodeFacts facts =
        new NodeFacts(ordinal, group, "x", new NodeAddress("127.0.0.1", 9278), Map.of());
    sinks.present(new RecordId(node, "node", "self"), facts.toAttributes());
    return node + " of group " + group;
  }

  private String nodeGone(NodeId node) {
    if (groups.remove(node) != null) {
      sinks.gone(new RecordId(node, "node", "self"));
    }
    return node + " without a record";
  }

  private String view(Random random) {
    NodeId left = OTHERS.get(random.nextInt(OTHERS.size()));
    List<NodeId> members = Stream.concat(Stream.of(SELF), OTHERS.stream())
        .filter(node -> !node.equals(left))
        .toList();
    groups.remove(left);
    there.keySet().removeIf(id -> id.owner().equals(left));
    tables.onView(new View(1, members, Set.of()));
    return left + " left";
  }

  private String renumber(Random random) throws IOException {
    UUID group = GROUPS.get(random.nextInt(GROUPS.size()));
    ids.renumber(
        group, 1 + random.nextInt(ORDINALS)); // sometimes a number that another has: ids twice
    tables.regrouped();
    return "numbers " + ids.numbers();
  }

  private void check(String what) {
    List<VirtualBundle> mine = List.copyOf(here.values());
    List<RemoteBundle> others = tables.bundles();
    Map<RecordId, BundleFacts> shown = new HashMap<>(there);
    shown.keySet().removeIf(id -> !ids.numbers().group().equals(groups.get(id.owner())));
    assertEquals(
        shown.values().stream().map(BundleFacts::toString).sorted().toList(),
        others.stream().map(each -> each.facts().toString()).sorted().toList(),
        what);
    List<VirtualBundle> all = Stream.concat(mine.stream(), others.stream())
        .sorted(Comparator.comparingLong(Bundle::getBundleId))
        .toList();
    List<VirtualBundle> now = index.all();
    assertEquals(idsOf(all), idsOf(now), what);
    assertEquals(theVery(all), theVery(now), what);
    for (int ordinal = 0; ordinal <= ORDINALS; ordinal++) {
      for (int counter = 0; counter <= COUNTERS; counter++) {
        long id = ((long) ordinal << 32) + counter;
        assertSame(first(mine, others, bundle -> bundle.getBundleId() == id), index.byId(id), what);
      }
    }
    for (int i = 0; i < LOCATIONS; i++) {
      String location = "file:" + i;
      assertSame(
          first(mine, others, bundle -> bundle.getLocation().equals(location)),
          index.byLocation(location, Region.NONE),
          what);
    }
    assertSame(now, index.all(), "without a change none is made");
  }

  private static Set<VirtualBundle> theVery(List<VirtualBundle> bundles) {
    Set<VirtualBundle> set = Collections.newSetFromMap(new IdentityHashMap<>());
    set.addAll(bundles);
    return set;
  }

  private static List<Long> idsOf(List<VirtualBundle> bundles) {
    return bundles.stream().map(Bundle::getBundleId).toList();
  }

  private static VirtualBundle first(
      List<VirtualBundle> mine,
      List<RemoteBundle> others,
      java.util.function.Predicate<VirtualBundle> wanted) {
    return Stream.concat(
            mine.stream().sorted(Comparator.comparingLong(Bundle::getBundleId)),
            others.stream().sorted(Comparator.comparingLong(Bundle::getBundleId)))
        .filter(wanted)
        .findFirst()
        .orElse(null);
  }

  @Test
  void anIdOrLocationThatChangesInARecordIsFoundByTheNewOne() throws Exception {
    open();
    node(OTHERS.get(0), 2, GROUPS.get(0));
    RecordId id = id(OTHERS.get(0), 2, 1);
    sinks.present(id, facts(2, 1, "file:a").toAttributes());
    VirtualBundle bundle = index.byLocation("file:a", Region.NONE);
    sinks.present(id, facts(2, 9, "file:b").toAttributes());
    assertNull(index.byLocation("file:a", Region.NONE));
    assertSame(bundle, index.byLocation("file:b", Region.NONE));
    assertSame(bundle, index.byId(new VirtualId(2, 9).toLong()));
    assertNull(index.byId(new VirtualId(2, 1).toLong()));
  }

  @Test
  void whatStatesDoMakesNoNewIndex() throws Exception {
    open();
    node(OTHERS.get(0), 2, GROUPS.get(0));
    RecordId id = id(OTHERS.get(0), 2, 1);
    sinks.present(id, facts(2, 1, "file:a").toAttributes());
    List<VirtualBundle> before = index.all();
    sinks.present(id, facts(2, 1, "file:a").toAttributes());
    node(OTHERS.get(0), 2, GROUPS.get(0));
    assertSame(before, index.all());
    sinks.gone(id);
    assertNotSame(before, index.all());
  }

  @Test
  void whoAsksAfterAChangeSeesIt() throws Exception {
    open();
    node(OTHERS.get(0), 2, GROUPS.get(0));
    int count = 2_000;
    AtomicLong entered = new AtomicLong();
    List<CompletableFuture<Integer>> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(CompletableFuture.supplyAsync(() -> read(entered, count)));
    }
    for (int i = 1; i <= count; i++) {
      if (i % 2 == 0) {
        sinks.present(id(OTHERS.get(0), 2, i), facts(2, i, "file:" + i).toAttributes());
      } else {
        here.put((long) i, bundleHere(i, "file:" + i));
        local.putIfAbsent(hostId(i), localBundle(i, "file:" + i));
      }
      entered.set(i);
    }
    for (CompletableFuture<Integer> reader : readers) {
      assertTrue(reader.join() > 0);
    }
  }

  /** Looks until all are in; at each look everything is there that was in before it. */
  private int read(AtomicLong entered, int count) {
    for (int looks = 1; ; looks++) {
      long in = entered.get();
      List<VirtualBundle> now = index.all();
      for (long i = Math.max(1, in - 50); i <= in; i++) {
        long id = new VirtualId(i % 2 == 0 ? 2 : 1, i).toLong();
        VirtualBundle found = index.byId(id);
        assertTrue(found != null && found.getBundleId() == id, "bundle " + i + " of " + in);
        assertSame(found, index.byLocation("file:" + i, Region.NONE));
      }
      assertTrue(now.size() >= in);
      List<Long> sorted = idsOf(now);
      assertEquals(sorted.stream().sorted().toList(), sorted);
      if (in == count) {
        return looks;
      }
    }
  }

  private BundleFacts facts(int ordinal, int counter, String location) {
    return new BundleFacts(
        new VirtualId(ordinal, counter),
        7,
        "x",
        "1.0.0",
        location,
        "00",
        1,
        Bundle.ACTIVE,
        1,
        BundleFacts.Start.NONE,
        ++revision);
  }

  private static String location(Random random) {
    return "file:" + random.nextInt(LOCATIONS);
  }

  private static long hostId(int counter) {
    return counter + 100L;
  }

  private static RecordId id(NodeId node, int ordinal, int counter) {
    return new RecordId(node, "bundle", new VirtualId(ordinal, counter).toString());
  }

  private static LocalBundle localBundle(long counter, String location) {
    return new LocalBundle(
        null, null, counter, new LocalBundle.Saved(location, "00", 1, false, false));
  }

  /** A wrapper of which only id and location are asked. */
  private VirtualBundle bundleHere(long counter, String location) {
    return (VirtualBundle) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {VirtualBundle.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "getBundleId" -> new VirtualId(ids.numbers().ordinal(), counter).toLong();
          case "getLocation" -> location;
          case "equals" -> proxy == arguments[0];
          case "hashCode" -> System.identityHashCode(proxy);
          case "toString" -> "here " + counter;
          default -> throw new UnsupportedOperationException(method.getName());
        });
  }
}
