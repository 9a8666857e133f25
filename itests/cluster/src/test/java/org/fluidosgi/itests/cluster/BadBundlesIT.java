package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.itests.cluster.made.Late;
import org.fluidosgi.itests.cluster.made.Throws;
import org.fluidosgi.itests.cluster.made.Waits;
import org.fluidosgi.itests.cluster.made.api.Thing;
import org.fluidosgi.launcher.process.RunningCommand;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What bundles do wrong, asked for by {@code n1} here and on a node of the other framework: it is said, and both nodes go on. */
class BadBundlesIT {
  private static final String PACKAGE = Thing.class.getPackageName();
  /** More than there were threads for operations once. */
  private static final int MANY = 24;

  @TempDir
  static Path directory;

  private static Group group;
  private static Guests guests;
  private static String api;

  @BeforeAll
  static void start() throws Exception {
    group = new Group(directory);
    guests = new Guests(group);
    try {
      for (Map.Entry<String, String> node :
          Map.of("n1", "felix", "n2", "equinox").entrySet()) {
        group.start(node.getKey(), node.getValue(), "--set", "fluid.framework.timeout.millis=4000");
      }
      group.awaitMembers("n1", 2);
      group.awaitMembers("n2", 2);
      api = made("api", Map.of("Export-Package", PACKAGE + ";version=1.0.0"), Thing.class);
      for (String node : List.of("n1", "n2")) {
        guests.act("n1", "start", guests.install("n1", node, api));
      }
    } catch (Exception | AssertionError e) {
      group.printLogs();
      group.close();
      throw e;
    }
  }

  @AfterAll
  static void stop() {
    group.close();
  }

  @AfterEach
  void bothGoOn() throws Exception {
    for (String node : List.of("n1", "n2")) {
      String id = guests.install("n1", node, made("fine-" + node, Map.of()));
      guests.act("n1", "start", id);
      guests.act("n1", "uninstall", id);
    }
  }

  private static String made(String name, Map<String, String> headers, Class<?>... classes)
      throws Exception {
    return MadeBundle.write(
        directory.resolve(name + ".jar"), "made." + name, "1.0.0", headers, classes);
  }

  private static String active(String name, Class<?> activator, String... more) throws Exception {
    Map<String, String> headers = new HashMap<>(Map.of(
        "Bundle-Activator",
        activator.getName(),
        "Import-Package",
        "org.osgi.framework," + PACKAGE + ";version=\"[1,2)\""));
    for (int i = 0; i < more.length; i += 2) {
      headers.put(more[i], more[i + 1]);
    }
    List<Class<?>> classes = new ArrayList<>(List.of(activator));
    classes.addAll(List.of(activator.getDeclaredClasses()));
    return made(name, headers, classes.toArray(Class<?>[]::new));
  }

  private static void assertSays(String said, String... parts) {
    for (String part : parts) {
      assertTrue(said.contains(part), () -> "'" + part + "' is not in: " + said);
    }
    assertEquals(1, said.lines().count(), said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"n1", "n2"})
  void aUsesConflictIsReportedAsTheResolverSaysIt(String on) throws Exception {
    List<String> all = new ArrayList<>();
    for (String version : List.of("1.0.0", "2.0.0")) {
      all.add(guests.install(
          "n1",
          on,
          made("p" + version.charAt(0) + on, Map.of("Export-Package", "p;version=" + version))));
    }
    all.add(guests.install(
        "n1",
        on,
        made(
            "q" + on,
            Map.of("Export-Package", "q;uses:=p", "Import-Package", "p;version=\"[1.0,2.0)\""))));
    String torn = guests.install(
        "n1", on, made("torn" + on, Map.of("Import-Package", "q,p;version=\"[2.0,3.0)\"")));
    assertSays(
        group.failure("n1", "fluid:start " + torn), "made.torn" + on, "on " + on, "ses constraint");
    all.add(torn);
    guests.act("n1", "uninstall", all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"n1", "n2"})
  void anActivatorThatFailsIsNamedAndLeavesNothing(String on) throws Exception {
    String id = guests.install("n1", on, active("throws-" + on, Throws.class));
    assertSays(
        group.failure("n1", "fluid:start " + id), "made.throws-" + on, "on " + on, "no database");
    for (String node : List.of("n1", "n2")) {
      group.until(
          "gone on " + node,
          PATIENCE,
          () ->
              group.run(node, "fluid:services").stream().noneMatch(line -> line.contains("Thing")));
    }
    guests.act("n1", "uninstall", id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"n1", "n2"})
  void aStoppedBundleCanDoNothingMore(String on) throws Exception {
    Path report = directory.resolve("report-" + on);
    String id = guests.install(
        "n1", on, active("late-" + on, Late.class, "Made-Report", report.toString()));
    guests.act("n1", "start", id);
    guests.act("n1", "stop", id);
    group.until("the report", PATIENCE, () -> Files.exists(report) && Files.size(report) > 0);
    assertEquals(
        List.of("register", "listen", "look", "bundles", "change").stream()
            .map(what -> what + " IllegalStateException")
            .toList(),
        Files.readAllLines(report));
    guests.act("n1", "uninstall", id);
  }

  @Test
  void oneNameAndVersionWithDifferentContent() throws Exception {
    String first = guests.install("n1", "n1", made("same", Map.of("Made", "first")));
    Path other = directory.resolve("other.jar");
    String url = MadeBundle.write(other, "made.same", "1.0.0", Map.of("Made", "second"));
    group.awaitBundle("n2", first);
    String second = guests.install("n1", "n2", url);
    group.until(
        "n2 warns", PATIENCE, () -> !group.logged("n2", "different content").isEmpty());
    assertSays(
        group.logged("n2", "different content").get(0),
        second + " made.same/1.0.0",
        first + " made.same/1.0.0",
        "same name and version");
    guests.act("n1", "uninstall", first, second);
  }

  @Test
  void oneLocationWithDifferentContent() throws Exception {
    Path file = directory.resolve("moving.jar");
    String url = MadeBundle.write(file, "made.moving", "1.0.0", Map.of());
    String first = guests.install("n1", "n2", url);
    group.awaitBundle("n1", first);
    MadeBundle.write(file, "made.moving", "2.0.0", Map.of());
    assertEquals(first, guests.install("n1", "n2", url), "installed there, it is that bundle");
    String second = guests.install("n2", "n1", url);
    group.until("n1 warns", PATIENCE, () -> !group.logged("n1", "same location").isEmpty());
    assertSays(
        group.logged("n1", "same location").get(0),
        second + " made.moving/2.0.0",
        first + " made.moving/1.0.0",
        "different content");
    guests.act("n1", "update", first);
    group.until(
        "2.0.0 there",
        PATIENCE,
        () -> group.run("n1", "fluid:bundle " + first).stream()
            .anyMatch(line -> line.contains("2.0.0")));
    guests.act("n1", "uninstall", first, second);
  }

  @Test
  void activatorsThatWaitForEachOtherAreNamedAndBothNodesGoOn() throws Exception {
    String one = guests.install(
        "n1", "n1", active("one", Waits.class, "Made-Waits", "b", "Made-Brings", "a"));
    String two = guests.install(
        "n1", "n2", active("two", Waits.class, "Made-Waits", "a", "Made-Brings", "b"));
    RunningCommand first = group.node("n1").start("fluid:start " + one);
    String late = group.failure("n1", "fluid:start " + two);
    assertSays(late, "made.two", "on n2", "no answer", "within 4000 ms", "unknown");
    for (String node : List.of("n1", "n2")) {
      String name = node.equals("n1") ? one + " made.one" : two + " made.two";
      group.until(
          node + " warns", PATIENCE, () -> !group.logged(node, "start " + name).isEmpty());
      assertSays(
          group.logged(node, "start " + name).get(0), "has not returned", Waits.class.getName());
    }
    // Somebody else brings what both wait for in the end.
    String third = guests.install("n1", "n2", active("third", Waits.class, "Made-Brings", "b"));
    guests.act("n1", "start", third);
    first.await(PATIENCE);
    awaitState(one, "ACTIVE");
    awaitState(two, "ACTIVE");
    guests.act("n1", "uninstall", one, two, third);
  }

  @ParameterizedTest
  @ValueSource(strings = {"n1", "n2"})
  void howeverManyWaitTheOneThatTheyWaitForStarts(String on) throws Exception {
    List<String> waiting = new ArrayList<>();
    List<RunningCommand> starts = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      String id = guests.install(
          "n1", on, active("wait-" + on + i, Waits.class, "Made-Waits", "key-" + on));
      waiting.add(id);
      starts.add(group.node("n1").start("fluid:start " + id));
    }
    for (String id : waiting) {
      awaitState(id, "STARTING");
    }
    String key =
        guests.install("n1", on, active("key-" + on, Waits.class, "Made-Brings", "key-" + on));
    guests.act("n1", "start", key);
    for (String id : waiting) {
      awaitState(id, "ACTIVE");
    }
    guests.act("n1", "uninstall", waiting);
    guests.act("n1", "uninstall", key);
  }

  private static void awaitState(String id, String state) {
    group.until(
        id + " is " + state,
        PATIENCE,
        () -> group.run("n1", "fluid:bundles").stream()
            .anyMatch(line -> line.contains(" " + id + " ") && line.contains(state)));
  }
}
