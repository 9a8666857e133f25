package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.fluidosgi.itests.support.FreePorts;
import org.fluidosgi.launcher.process.NodeProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people and strangers do wrong to a group of two: it is said in one line with value and remedy, and both go on. */
class BadInputIT {
  @TempDir
  static Path directory;

  private static Group group;

  @BeforeAll
  static void start() throws Exception {
    group = new Group(directory);
    try {
      group.start("n1", "felix");
      group.start("n2", "equinox");
      group.run("n1", "probe:register g1");
      group.run("n2", "probe:register g2");
      group.awaitMembers("n1", 2);
      group.awaitMembers("n2", 2);
      group.until("g2 on n1", PATIENCE, () -> calls("n1", "g2"));
      group.until("g1 on n2", PATIENCE, () -> calls("n2", "g1"));
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
    for (String name : List.of("n1", "n2")) {
      List<String> nodes = group.run(name, "fluid:nodes");
      assertTrue(nodes.get(nodes.size() - 1).startsWith("2 nodes, 2 up"), nodes::toString);
    }
    assertTrue(calls("n1", "g2"));
    assertTrue(calls("n2", "g1"));
  }

  private static boolean calls(String name, String greeting) throws Exception {
    return group
        .run(name, "probe:find '(probe.id=" + greeting + ")'")
        .equals(List.of(greeting + " colour=null imported=true hello probe from " + greeting));
  }

  private static void assertSays(String said, String... parts) {
    for (String part : parts) {
      assertTrue(said.contains(part), () -> "'" + part + "' is not in: " + said);
    }
    assertEquals(1, said.lines().count(), said);
  }

  private static void assertLoggedOnce(String name, RawPeer peer, String what) throws Exception {
    String from = "refused a connection from " + peer.address();
    group.until("said", PATIENCE, () -> !group.logged(name, from).isEmpty());
    List<String> said = group.logged(name, from);
    assertEquals(1, said.size(), said::toString);
    assertSays(said.get(0), what);
  }

  @Test
  void anUnknownNode() {
    String said = group.failure("n1", "fluid:install " + Group.example("trends-api") + " n9");
    assertSays(said, "install file:", "trends-api.jar", "no node 'n9'", "there are n1", "n2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"n1", "n2"})
  void aBundleUrlThatDoesNotLoad(String target) {
    String url = "file:/nowhere/at/all.jar";
    assertSays(group.failure("n1", "fluid:install " + url + " " + target), url, "FileNotFound");
    assertSays(group.failure("n1", "fluid:install nonsense " + target), "nonsense");
  }

  @ParameterizedTest
  @ValueSource(strings = {"n1", "n2"})
  void aBundleThatDoesNotResolveOnTheTarget(String target) throws Exception {
    String provider = group
        .run("n1", "fluid:install " + Group.example("trends-provider") + " " + target)
        .get(0)
        .split(" ", 2)[0];
    String said = group.failure("n1", "fluid:start " + provider);
    assertSays(
        said,
        "start " + provider,
        "does not resolve",
        "on " + target,
        "example.trends.api",
        "install a bundle that provides it there");
    group.awaitBundle("n2", provider);
    assertSays(
        group.failure("n2", "fluid:start " + provider + " n1:999"),
        "2 bundles, 2 failed",
        "example.trends.api",
        "n1:999");
    group.run("n1", "fluid:uninstall " + provider);
  }

  @Test
  void anUnknownBundle() {
    for (String verb : List.of("start", "stop", "uninstall")) {
      assertSays(
          group.failure("n1", "fluid:" + verb + " no.such.bundle"),
          verb + " no.such.bundle",
          "no bundle 'no.such.bundle'",
          "there are");
    }
  }

  @Test
  void aPortInUse() throws Exception {
    String address = group.address("n1");
    String port = address.substring(address.lastIndexOf(':') + 1);
    assertSays(group.refusal("p3", "--port", port), port, "in use", "fluid.port");
  }

  @Test
  void aDataDirectoryInUse() throws Exception {
    String data = directory.resolve("n1").toString();
    assertSays(
        group.refusal("d3", "--data", data),
        data,
        "in use by process " + group.node("n1").pid(),
        "--data");
  }

  @Test
  void aCopiedDataDirectory() throws Exception {
    Path copy = Files.createDirectory(directory.resolve("copy"));
    for (String file : List.of("identity", "incarnation")) {
      Files.copy(directory.resolve("n1").resolve(file), copy.resolve(file));
    }
    assertSays(
        group.refusal("copied", "--data", copy.toString()),
        copy.toString(),
        "looks like a copy",
        directory.resolve("n1").toString());
  }

  @Test
  void aJoinListThatPointsToOneself() throws Exception {
    int port = FreePorts.take();
    String own = "127.0.0.1:" + port + ",localhost:" + port;
    Path apart = Files.createDirectory(directory.resolve("myself"));
    try (Group alone = new Group(apart)) {
      alone.start("self", "felix", "--port", Integer.toString(port), "--join", own);
      alone.awaitMembers("self", 1);
      assertEquals(2, alone.logged("self", "is this node itself and is ignored").size());
      List<String> warnings = alone.logged("self", "WARN");
      assertTrue(warnings.isEmpty(), warnings::toString);
    }
  }

  @Test
  void twoNodesOfOneName() throws Exception {
    Path apart = Files.createDirectory(directory.resolve("twin"));
    String token = directory.resolve("group.token").toString();
    try (Group twins = new Group(apart)) {
      twins.start("n1", "felix", "--token-file", token, "--join", group.address("n1"));
      twins.awaitMembers("n1", 3);
      for (Group each : List.of(group, twins)) {
        each.until(
            "said", PATIENCE, () -> !each.logged("n1", "have the name n1").isEmpty());
        List<String> said = each.logged("n1", "have the name n1");
        assertEquals(1, said.size(), said::toString);
        assertSays(said.get(0), "WARN", twins.address("n1"), group.address("n1"), "fluid.name");
      }
    }
    group.awaitMembers("n1", 2);
    group.awaitMembers("n2", 2);
  }

  @Test
  void aJoinAddressThatDoesNotAnswer() throws Exception {
    int port = FreePorts.take();
    String address = "127.0.0.1:" + port;
    Path apart = Files.createDirectory(directory.resolve("apart"));
    try (Group late = new Group(apart);
        Group later = new Group(apart)) {
      late.start("alone", "felix", "--join", address);
      late.awaitMembers("alone", 1);
      List<String> silence = late.logged("alone", "does not answer");
      assertEquals(1, silence.size(), silence::toString);
      assertSays(silence.get(0), address, "works without it and keeps trying");
      // In a group of its own here, so that it is not told whom to join: the one that waits must
      // find it.
      later.start("second", "felix", "--port", Integer.toString(port));
      late.awaitMembers("alone", 2);
      later.awaitMembers("second", 2);
      assertEquals(1, late.logged("alone", "does not answer").size());
      assertEquals(
          1, late.logged("alone", address + " answers now: it is second").size());
    }
  }

  @Test
  void anotherGroupsToken() throws Exception {
    Path token = directory.resolve("other.token");
    Files.createFile(
        token, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(token, "the secret of another group");
    String n1 = group.address("n1");
    try (NodeProcess stranger = group.start(
        "stranger",
        "felix",
        "--token-file",
        token.toString(),
        "--join",
        n1,
        "--set",
        "fluid.join.wait.millis=1000")) {
      group.awaitMembers("stranger", 1);
      group.until(
          "said", PATIENCE, () -> !group.logged("stranger", "refuses this node").isEmpty());
      List<String> said = group.logged("stranger", "refuses this node");
      assertEquals(1, said.size(), said::toString);
      assertSays(said.get(0), n1, "group token", "fluid.token.file");
      assertTrue(calls("n1", "g2"));
    }
    List<String> refused = group.logged("n1", "refused a connection from stranger");
    assertEquals(1, refused.size(), refused::toString);
    assertSays(refused.get(0), "token");
  }

  @Test
  void aJoinNameWithoutAnAddress() throws Exception {
    String n1 = group.address("n1");
    String names = "dns:no-such-host.invalid:9278,dns:localhost" + n1.substring(n1.indexOf(':'));
    try (NodeProcess named = group.start("named", "felix", "--join", names)) {
      group.awaitMembers("named", 3);
      group.until(
          "said", PATIENCE, () -> !group.logged("named", "no-such-host.invalid").isEmpty());
      List<String> said = group.logged("named", "no-such-host.invalid");
      assertEquals(1, said.size(), said::toString);
      assertSays(said.get(0), "no-such-host.invalid:9278", "no address", "keeps asking");
    }
    group.awaitMembers("n1", 2);
  }

  @Test
  void anAdvertisedAddressThatNobodyReaches() throws Exception {
    String address = "127.0.0.1:" + FreePorts.take();
    try (NodeProcess astray =
        group.start("astray", "felix", "--set", "fluid.advertised.address=" + address)) {
      group.awaitMembers("astray", 3);
      for (String name : List.of("n1", "n2", "astray")) {
        group.until(
            name + " says so",
            PATIENCE,
            () -> !group.logged(name, "fluid.advertised.address").isEmpty());
        List<String> said = group.logged(name, "fluid.advertised.address");
        assertEquals(1, said.size(), said::toString);
        assertSays(said.get(0), "WARN", "astray", address, "refused");
      }
    }
    group.awaitMembers("n1", 2);
    group.awaitMembers("n2", 2);
  }

  @Test
  void garbageOnThePort() throws Exception {
    try (RawPeer peer = new RawPeer(group.address("n1"))) {
      peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      peer.awaitClosed();
      assertLoggedOnce("n1", peer, "only nodes of the group should connect to");
    }
  }

  @Test
  void aFrameThatIsTooLong() throws Exception {
    try (RawPeer peer = new RawPeer(group.address("n2"))) {
      peer.send(RawPeer.header(Integer.MAX_VALUE, RawPeer.HELLO));
      peer.awaitClosed();
      assertLoggedOnce("n2", peer, "2147483647");
    }
  }

  @Test
  void aPeerOfAnotherVersion() throws Exception {
    try (RawPeer peer = new RawPeer(group.address("n1"))) {
      peer.send(RawPeer.hello(9, 9));
      RawPeer.Frame answer = peer.read();
      assertEquals(RawPeer.REJECT, answer.type());
      assertEquals(1, answer.code());
      assertSays(answer.text(), "9..9", "1..1");
      peer.awaitClosed();
      assertLoggedOnce("n1", peer, "9..9");
    }
  }

  @Test
  void aTypeThatMayNotTravel() throws Exception {
    String type = "java.util.concurrent.atomic.AtomicInteger";
    for (String command : List.of("give", "take")) {
      String call = "probe:" + command + " '(probe.id=g2)' ";
      String said = String.join("\n", group.run("n1", call + type));
      assertSays(said, "ServiceException", type, "Greeting", "fluid.rsa.allow");
      assertTrue(group.run("n1", call + "java.util.ArrayList").get(0).endsWith("ArrayList"));
    }
  }
}
