package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.fluidosgi.launcher.process.ProcessException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Karaf with our feature, in a group with a Felix and an Equinox of the launcher. Restarted as often as {@code fluid.test.karaf.restarts}
 * says, ended and killed in turn. */
class KarafIT {
  private static final String REPOSITORY =
      "mvn:org.fluidosgi/features/" + System.getProperty("fluid.itests.version") + "/xml/features";
  private static final int RESTARTS = Integer.getInteger("fluid.test.karaf.restarts", 1);
  private static final Duration TRY = Duration.ofSeconds(5);
  private static final List<String> USED = List.of(
      "bundle:install",
      "bundle:list",
      "feature:repo-add",
      "feature:install",
      "feature:uninstall",
      "shell:threads");
  private static final List<String> LAUNCHED = List.of("felix", "equinox");

  /** What our bundles need and a Karaf does not have; no second one of anything it has. */
  private static final Set<String> BROUGHT = Set.of(
      "com.fasterxml.jackson.core.jackson-core",
      "io.netty.buffer",
      "io.netty.common",
      "io.netty.resolver",
      "io.netty.transport",
      "org.objectweb.asm",
      "org.osgi.service.clusterinfo",
      "org.osgi.service.remoteserviceadmin");

  private static final Pattern OURS = Pattern.compile(
      "\"fluid-.*|.*\\b(org\\.fluidosgi|io\\.netty|org\\.jgroups|io\\.microraft)\\..*");

  @TempDir
  Path directory;

  private Group group;
  private KarafNode karaf;
  private List<String> before;
  private String number;
  private String provider;
  private String client;

  @Test
  void aKarafIsANodeByItsFeature() throws Exception {
    try (Group launched = new Group(directory)) {
      group = launched;
      for (String name : LAUNCHED) {
        group.start(name, name);
      }
      try (KarafNode created = new KarafNode(directory.resolve("karaf"), settings())) {
        karaf = created;
        karaf.start();
        story();
      } catch (Exception | AssertionError e) {
        System.err.println("--- log of karaf\n" + karaf.log());
        throw e;
      }
    } catch (Exception | AssertionError e) {
      group.printLogs();
      throw e;
    }
  }

  private void story() throws Exception {
    theFeatureBringsNothingThatIsThereAndRefreshesNothing();
    allNodesSeeOneAnotherAndNothingOfKaraf();
    aProviderIsPutOnKarafAndUsedElsewhere();
    itIsStoppedAndUpdatedFromAfar();
    for (int restart = 0; restart < RESTARTS; restart++) {
      theNodeComesBackAsTheSame(restart % 2 == 1);
    }
    itIsUninstalledFromAfar();
    aClientOnKarafUsesWhatIsElsewhere();
    withoutTheFeatureNothingStaysButTheVirtualBundles();
    withTheFeatureAgainTheNodeIsTheSame();
  }

  /** As docs/karaf.md says it. */
  private Map<String, String> settings() {
    return Map.of(
        "fluid.name",
        "karaf",
        "fluid.port",
        "0",
        "fluid.join",
        group.address("felix") + "," + group.address("equinox"),
        "fluid.token.file",
        "${karaf.etc}/group.token");
  }

  private void theFeatureBringsNothingThatIsThereAndRefreshesNothing() throws Exception {
    Files.copy(directory.resolve("group.token"), karaf.etc("group.token"));
    awaitBoot();
    run("bundle:install -s " + Group.example("cart-api"));
    before = bundles();
    run("feature:repo-add " + REPOSITORY);
    List<String> said = run("feature:install -v fluid");
    assertTrue(said.stream().anyMatch(line -> line.equals("Starting bundles:")), said::toString);
    assertFalse(said.stream().anyMatch(line -> line.contains("efresh")), said::toString);
    List<String> after = bundles();
    assertTrue(after.containsAll(before), () -> "before " + before + ", after " + after);
    Set<String> added = new TreeSet<>(names(after));
    added.removeAll(names(before));
    assertEquals(names(after).size(), after.size(), () -> "a bundle twice: " + after);
    assertTrue(added.removeIf(name -> name.startsWith("org.fluidosgi.")));
    assertEquals(BROUGHT, added);
  }

  private void allNodesSeeOneAnotherAndNothingOfKaraf() throws Exception {
    awaitThree();
    number = numberOfKaraf();
    for (String name : LAUNCHED) {
      assertEquals(List.of("no bundles"), group.run(name, "fluid:bundles"));
      group.until(
          name + " knows the service of each node",
          PATIENCE,
          () ->
              group.run(name, "fluid:services").stream().filter(this::isStatus).count() == 3);
      List<String> services = group.run(name, "fluid:services");
      List<String> ofKaraf =
          services.stream().filter(line -> line.contains(" " + number + ":")).toList();
      assertEquals(1, ofKaraf.size(), services::toString);
    }
    assertEquals(List.of("no bundles"), run("fluid:bundles"));
    group.until(
        "karaf knows the service of each node",
        PATIENCE,
        () -> run("fluid:services").stream().filter(this::isStatus).count() == 3);
    assertTrue(Files.exists(karaf.data().resolve("fluid/node/identity")));
    // Karaf hides the package of conditions; without this one virtual bundles start 15 s late.
    group.until(
        "fluid.joined on karaf",
        PATIENCE,
        () -> karaf.log().contains("karaf: joined its group, condition fluid.joined is there"));
  }

  private boolean isStatus(String line) {
    // :0 is shown while the endpoint does not tell the service's id.
    return line.contains("FrameworkNodeStatus") && !line.contains(":0 ");
  }

  private void aProviderIsPutOnKarafAndUsedElsewhere() throws Exception {
    for (String name : LAUNCHED) {
      install("trends-api", name);
      start(install("trends-client", name));
    }
    install("trends-api", "karaf");
    provider = install("trends-provider", "karaf");
    assertEquals(number, provider.split(":", 2)[0]);
    start(provider);
    awaitTrendsOnLaunched();
    assertTrue(run("fluid:bundle " + provider).stream().anyMatch(line -> line.contains("ACTIVE")));
    assertTrue(run("fluid:services Trend").stream()
        .anyMatch(line -> line.matches("[* ]+" + number + " .* TrendService .*")));
  }

  private void itIsStoppedAndUpdatedFromAfar() throws Exception {
    group.awaitBundle("equinox", provider);
    group.run("equinox", "fluid:stop " + provider);
    awaitNoTrends();
    group.run("equinox", "fluid:update " + provider);
    assertTrue(run("fluid:bundles").stream()
        .anyMatch(line -> line.matches("[* ]+" + provider + " .*(INSTALLED|RESOLVED) .*")));
    start(provider);
    awaitTrendsOnLaunched();
  }

  private void theNodeComesBackAsTheSame(boolean killed) throws Exception {
    if (killed) {
      karaf.close();
    } else {
      assertTrue(karaf.stop(PATIENCE), "Karaf does not end");
    }
    group.awaitMembers("felix", 2);
    awaitNoTrends();
    karaf.start();
    awaitBoot();
    awaitThree();
    assertEquals(number, numberOfKaraf());
    awaitActive(provider);
    awaitTrendsOnLaunched();
  }

  private void itIsUninstalledFromAfar() throws Exception {
    group.awaitBundle("equinox", provider);
    group.run("equinox", "fluid:uninstall " + provider);
    awaitNoTrends();
    assertFalse(names(bundles()).contains("example.trends.provider"));
  }

  private void aClientOnKarafUsesWhatIsElsewhere() throws Exception {
    start(install("trends-provider", "equinox"));
    client = install("trends-client", "karaf");
    start(client);
    awaitTrendsOnKaraf();
  }

  private void withoutTheFeatureNothingStaysButTheVirtualBundles() throws Exception {
    assertFalse(threadsOfOurs().isEmpty());
    run("feature:uninstall fluid");
    for (String name : LAUNCHED) {
      group.awaitMembers(name, 2);
    }
    List<String> after = bundles();
    assertTrue(after.containsAll(before), () -> "before " + before + ", after " + after);
    List<String> virtual = after.stream().filter(line -> !before.contains(line)).toList();
    assertEquals(Set.of("example.trends.api", "example.trends.client"), names(virtual));
    assertTrue(virtual.stream().noneMatch(line -> line.contains("Active")), virtual::toString);
    assertEquals(List.of(), threadsOfOurs());
  }

  private void withTheFeatureAgainTheNodeIsTheSame() throws Exception {
    run("feature:install fluid");
    awaitThree();
    assertEquals(number, numberOfKaraf());
    awaitActive(client);
    awaitTrendsOnKaraf();
  }

  /** The console is there before the boot features are, and the commands come one by one, also that by which the end of one is seen. */
  private void awaitBoot() {
    group.until(
        "Karaf has booted",
        PATIENCE,
        () -> karaf.run("bundle:services org.apache.karaf.features.core", TRY).stream()
            .anyMatch(line -> line.contains("BootFinished")));
    for (String command : USED) {
      group.until(command, PATIENCE, () -> !karaf.run(command + " --help", TRY).isEmpty());
    }
  }

  private void awaitThree() {
    for (String name : LAUNCHED) {
      group.awaitMembers(name, 3);
    }
    group.until(
        "karaf sees 3 nodes",
        PATIENCE,
        () -> run("fluid:nodes").stream().anyMatch(line -> line.startsWith("3 nodes, 3 up")));
  }

  private void awaitActive(String id) {
    group.until(
        id + " active, told by felix",
        PATIENCE,
        () -> group.run("felix", "fluid:bundles").stream()
            .anyMatch(line -> line.matches("[* ]+" + id + " .* ACTIVE .*")));
  }

  private void awaitTrendsOnLaunched() {
    for (String name : LAUNCHED) {
      group.until(
          "trends on " + name,
          PATIENCE,
          () -> group.run(name, "trends:source").get(0).startsWith("remote: ")
              && group.run(name, "trends:top europe").size() == 11);
    }
  }

  private void awaitNoTrends() {
    for (String name : LAUNCHED) {
      group.until(
          "no trends on " + name,
          PATIENCE,
          () -> group.run(name, "trends:source").get(0).startsWith("trends: no trend service"));
    }
  }

  private void awaitTrendsOnKaraf() {
    group.until(
        "trends on karaf",
        PATIENCE,
        () -> run("trends:source").get(0).startsWith("remote: ")
            && run("trends:top europe").size() == 11);
  }

  /** Lines of a dump of all threads that name one of ours, or our code in one. */
  private List<String> threadsOfOurs() throws ProcessException {
    List<String> threads = run("shell:threads -t 0");
    assertTrue(threads.stream().anyMatch(line -> line.contains("FelixDispatchQueue")));
    return threads.stream().filter(OURS.asMatchPredicate()).toList();
  }

  private String numberOfKaraf() throws ProcessException {
    List<String> nodes = run("fluid:nodes");
    return nodes.stream()
        .filter(line -> line.startsWith("* ") && line.contains(" karaf "))
        .map(line -> line.split(" +", 3)[1])
        .findFirst()
        .orElseThrow(() -> new AssertionError(nodes));
  }

  /** Id of what felix installs there. */
  private String install(String example, String node) throws ProcessException {
    return group
        .run("felix", "fluid:install " + Group.example(example) + " " + node)
        .get(0)
        .split(" ", 2)[0];
  }

  private void start(String id) throws ProcessException {
    group.run("felix", "fluid:start " + id);
  }

  private List<String> run(String command) throws ProcessException {
    return karaf.run(command, PATIENCE);
  }

  /** Each bundle of Karaf: id, state, start level, version, symbolic name, parted by one blank. */
  private List<String> bundles() throws ProcessException {
    return run("bundle:list -t 0 -s --no-format").stream()
        .map(line -> line.strip().replaceAll("\\s+", " "))
        .filter(line -> line.matches("[0-9]+ .*"))
        .toList();
  }

  private static Set<String> names(List<String> bundles) {
    return bundles.stream()
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
