package org.fluidosgi.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.Providers;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualService;
import org.fluidosgi.groupstore.GroupVoters;
import org.fluidosgi.registry.Explanation;
import org.fluidosgi.rsa.connect.RemoteConnector;
import org.fluidosgi.shell.internal.events.Events;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;

/** The commands in a real Gogo session. */
class ShellTest extends GogoFixture {
  @Test
  void nodes() throws Exception {
    assertEquals(
        List.of(
            "  NODE  STATE    BUNDLES  NAME   ADDRESS         FRAMEWORK          JAVA",
            "* n1    up            12  alpha  127.0.0.1:9278  equinox 3.24.300   17.0.15",
            "  n3    suspect        7  beta   127.0.0.1:9280  a.framework 7.0.5  -",
            "2 nodes, 1 up, view 17, AGE"),
        lines("fluid:nodes"));
  }

  @Test
  void bundles() throws Exception {
    assertEquals("no bundles", run("fluid:bundles"));
    virtual.add(new VirtualId(1, 7), virtual.alpha, "some.name", "1.2.0").start();
    virtual.add(new VirtualId(3, 12), virtual.beta, "other", "0.1.0.SNAPSHOT");
    assertEquals(
        List.of(
            "     ID  NODE  STATE      NAME       VERSION",
            "*  n1:7  n1    ACTIVE     some.name  1.2.0",
            "  n3:12  n3    INSTALLED  other      0.1.0.SNAPSHOT",
            "2 bundles, 1 active, view 17, AGE"),
        lines("fluid:bundles"));
  }

  @Test
  void oneBundleAndOneService() throws Exception {
    virtual.add(new VirtualId(3, 12), virtual.beta, "provider", "1.0.0");
    assertEquals(
        List.of(
            "  FACT       VALUE",
            "  name       provider",
            "  version    1.0.0",
            "  state      INSTALLED",
            "  node       n3 beta",
            "  location   file:/provider.jar",
            "  sha256     " + "ab".repeat(32),
            "  modified   2023-11-14T22:13:20Z",
            "  registers  n3:40 a.b.Trends, a.b.More",
            "n3:12, view 17, AGE"),
        lines("fluid:bundle n3:12"));
    assertEquals("bundle n9:9: no bundle 'n9:9'", failure("fluid:bundle n9:9"));
    virtual.services.add(new VirtualService(
        new VirtualId(3, 40),
        virtual.beta,
        "urn:uuid:2",
        List.of("a.b.Trends"),
        Map.of(
            "objectClass",
            new String[] {"a.b.Trends"},
            "service.bundleid",
            new VirtualId(3, 12).toLong(),
            "region",
            "europe")));
    assertEquals(
        List.of(
            "  FACT              VALUE",
            "  node              n3 beta",
            "  objectClass       [a.b.Trends]",
            "  region            europe",
            "  service.bundleid  n3:12",
            "n3:40, view 17, AGE"),
        lines("fluid:service n3:40"));
    assertEquals(
        "service n3:41: no service 'n3:41' is shared: fluid:services lists those that are",
        failure("fluid:service n3:41"));
    assertEquals("n3:12 provider 1.0.0 updated on n3", run("fluid:update provider"));
  }

  @Test
  void services() throws Exception {
    assertEquals("no services", run("fluid:services"));
    virtual.add(new VirtualId(3, 12), virtual.beta, "provider", "1.0.0");
    virtual.services.add(new VirtualService(
        new VirtualId(1, 4), virtual.alpha, "urn:uuid:1", List.of("a.b.Cart"), Map.of()));
    virtual.services.add(new VirtualService(
        new VirtualId(3, 40),
        virtual.beta,
        "urn:uuid:2",
        List.of("a.b.Trends", "a.b.More"),
        Map.of("service.bundleid", new VirtualId(3, 12).toLong(), "Region", "europe")));
    assertEquals(
        List.of(
            "  NODE     ID  INTERFACES    BUNDLE",
            "* n1     n1:4  Cart          -",
            "  n3    n3:40  Trends, More  provider",
            "2 services, view 17, AGE"),
        lines("fluid:services"));
    store.add(FakeStore.BETA, "endpoint", "urn:uuid:0", Map.of("region", "europe"));
    store.add(FakeStore.BETA, "endpoint", "urn:uuid:3", Map.of("region", "europe"));
    store.add(FakeStore.ALPHA, "endpoint", "urn:uuid:1", Map.of("objectClass", "a.b.Cart"));
    store.add(
        FakeStore.BETA,
        "endpoint",
        "urn:uuid:2",
        Map.of("objectClass", new String[] {"a.b.Trends", "a.b.More"}, "region", "europe"));
    List<String> one = List.of(
        "  NODE     ID  INTERFACES    BUNDLE",
        "  n3    n3:40  Trends, More  provider",
        "1 of 2 services, view 17, AGE");
    assertEquals(one, lines("fluid:services '(region=europe)'"));
    assertEquals(one, lines("fluid:services '(objectClass=a.b.Tr*)'"));
    assertEquals(one, lines("fluid:services trend"));
    assertEquals("no services match nothing", run("fluid:services nothing"));
    assertEquals(
        "services (region=: filter (region= is wrong at character 9: it ends too early",
        failure("fluid:services '(region='"));
    store.partial = true;
    String partial = ", partial: not all members' records are known yet";
    assertEquals("no services match nothing" + partial, run("fluid:services nothing"));
    assertEquals("no services match (x=1)" + partial, run("fluid:services '(x=1)'"));
    assertEquals(
        "2 services" + partial + ", view 17, AGE", lines("fluid:services").get(3));
  }

  @Test
  void oneNode() throws Exception {
    virtual.services.add(new VirtualService(
        new VirtualId(3, 4), virtual.beta, "urn:uuid:1", List.of("a.b.Cart"), Map.of()));
    assertEquals(
        List.of(
            "  FACT               VALUE",
            "  name               beta",
            "  state              suspect",
            "  id                 00000000-0000-0000-0000-000000000003",
            "  life               1",
            "  address            127.0.0.1:9280",
            "  bundles            7",
            "  services           1",
            "  framework.name     a.framework",
            "  framework.version  7.0.5",
            "n3, view 17, AGE"),
        lines("fluid:node beta"));
    assertEquals("n1, this node, view 17, AGE", lines("fluid:node n1").get(11));
    assertEquals("node n9: no node 'n9', there are n1, n3", failure("fluid:node n9"));
  }

  @Test
  void providers() throws Exception {
    assertEquals("no providers", run("fluid:providers osgi.wiring.package"));
    assertEquals("osgi.wiring.package null", virtual.asked);
    virtual.providers.add(new Providers.InVirtualBundle(
        virtual.add(new VirtualId(1, 7), virtual.alpha, "some.name", "1.2.0"),
        Map.of("version", new Version("1.5"), "osgi.wiring.package", "a.b")));
    virtual.providers.add(new Providers.InVirtualBundle(
        virtual.add(new VirtualId(3, 12), virtual.beta, "other", "1.0.0"),
        Map.of("x", new String[] {"y", "z"})));
    virtual.providers.add(
        new Providers.OnHost(virtual.beta, 5, "org.host", new Version("2.0"), Map.of("x", 1L)));
    virtual.partial = true;
    assertEquals(
        List.of(
            "  WHERE      ID  NAME       VERSION  ATTRIBUTES",
            "* n1       n1:7  some.name  1.2.0    osgi.wiring.package=a.b version=1.5.0",
            "  n3      n3:12  other      1.0.0    x=[y, z]",
            "  n3     host 5  org.host   2.0.0    x=1",
            "3 providers, partial: not all members' records are known yet, view 17, AGE"),
        lines("fluid:providers osgi.wiring.package '(osgi.wiring.package=a.b)'"));
    assertEquals("osgi.wiring.package (osgi.wiring.package=a.b)", virtual.asked);
    assertEquals(
        "providers x.y: filter (x is wrong at character 3: why",
        failure("fluid:providers x.y '(x'"));
  }

  @Test
  void records() throws Exception {
    assertEquals("no records", run("fluid:records"));
    assertEquals("no records of kind node", run("fluid:records node"));
    store.add(FakeStore.ALPHA, "node", "self", Map.of());
    store.add(FakeStore.BETA, "node", "self", Map.of());
    store.add(FakeStore.BETA, "endpoint", "urn:uuid:2", Map.of());
    assertEquals(
        List.of(
            "  KIND      RECORDS",
            "  endpoint        1",
            "  node            2",
            "3 records, view 17, AGE"),
        lines("fluid:records"));
    assertEquals(
        List.of(
            "  NODE  NAME  SEQ  TERM  SCOPE  KEYS  TTL s  LEFT s",
            "* n1    self    1     0  group     2      -       -",
            "  n3    self    2     0  group     2      -       -",
            "2 records, view 17, AGE"),
        lines("fluid:records node"));
    store.add(new NodeId(new UUID(5, 5)), "node", "self", Map.of());
    store.partial = true;
    assertEquals(
        "the first 2 records, partial: not all members' records are known yet, view 17, AGE",
        lines("fluid:records node").get(3));
  }

  @Test
  void recordsOnLease() throws Exception {
    Duration ttl = Duration.ofMillis(12_500);
    store.add(FakeStore.ALPHA, "sensor", "t1", Map.of(), ttl);
    store.add(FakeStore.BETA, "sensor", "t1", Map.of(), ttl);
    assertEquals(
        List.of(
            "  NODE  NAME  SEQ  TERM  SCOPE  KEYS  TTL s  LEFT s",
            "* n1    t1      1     0  group     2   12.5     6.2",
            "  n3    t1      2     0  group     2   12.5       -",
            "2 records, view 17, AGE"),
        lines("fluid:records sensor"));
  }

  @Test
  void explain() throws Exception {
    store.add(FakeStore.ALPHA, "endpoint", "urn:uuid:1", Map.of("x", 1));
    store.add(FakeStore.BETA, "node", "self", Map.of("x", 1));
    assertEquals(
        List.of(
            "  KEY  RECORDS",
            "  -          2",
            "2 candidates of kind endpoint, no key, 1 match, asked on n1, view 17, AGE"),
        lines("fluid:explain '(x=1)'"));
    store.keys.add(new Explanation.Key("oc:a.b.C", 2));
    store.keys.add(new Explanation.Key("odd:oc:", 1));
    store.partial = true;
    assertEquals(
        List.of(
            "  KEY       RECORDS",
            "  oc:a.b.C        2",
            "  odd:oc:         1",
            "2 candidates of kind node, 0 match, asked on n1, "
                + "partial: not all members' records are known yet, view 17, AGE"),
        lines("fluid:explain node '(x=2)'"));
    assertEquals(
        "explain: filter (region= is wrong at character 9: it ends too early",
        failure("fluid:explain '(region='"));
  }

  @Test
  void viewAndDigest() throws Exception {
    assertEquals(
        List.of(
            "  NODE      STATE    NAME   ID                                    CAME",
            "* n1        up       alpha  00000000-0000-0000-0000-000000000001  -",
            "  00000000  suspect  -      00000000-0000-0000-0000-000000000009  by a merge",
            "2 members, 1 up, view 17, AGE"),
        lines("fluid:view"));
    store.add(FakeStore.ALPHA, "node", "self", Map.of());
    store.partial = true;
    assertEquals(
        List.of(
            "  NODE  LIFE  RECORDS  SEQ  HASH              READING",
            "* n1       7        1   12  fffffffffffffffe  -",
            "  n3       -        -    -  -                 4000 of 10000",
            "2 owners, 1 record, partial: not all members' records are known yet, view 17, AGE"),
        lines("fluid:digest"));
    virtualService.unregister();
    assertEquals(
        "  00000000     7        1   12  fffffffffffffffe  -",
        lines("fluid:digest").get(1));
    membershipService.unregister();
    storeService.unregister();
    for (String command : List.of("view", "digest", "records", "records x", "explain '(x=1)'")) {
      assertEquals(
          command.split(" ")[0] + ": no registry on this node, start bundle org.fluidosgi.registry",
          failure("fluid:" + command));
    }
  }

  @Test
  void aBundlesLifeFromAnotherNode() throws Exception {
    assertEquals("n1:9 installed 2.0.0 installed on n3", run("fluid:install file:/x.jar n3"));
    assertEquals("n1:9 installed 2.0.0 is ACTIVE on n3", run("fluid:start n1:9"));
    assertEquals("n1:9 installed 2.0.0 stopped on n3", run("fluid:stop installed/2.0.0"));
    assertEquals("n1:9 installed 2.0.0 uninstalled on n3", run("fluid:uninstall installed"));
    assertEquals("n1:9 installed 2.0.0 installed on n1", run("fluid:install file:/x.jar"));
    assertEquals("n1:9 installed 2.0.0 installed on n3", run("fluid:install --on n3 file:/x.jar"));
    assertEquals(
        "n1:9 installed 2.0.0 installed on n3\nn1:9 installed 2.0.0 installed on n3\n"
            + "2 bundles, 0 failed",
        run("fluid:install --on n3 file:/x.jar file:/y.jar"));
    assertEquals(
        "2 bundles, 0 failed", lines("fluid:install file:/x.jar file:/y.jar").get(2));
    run("fluid:install --on '(&(os.arch=x86-64)(memory.free>=512))' file:/x.jar");
    assertEquals("place on (&(os.arch=x86-64)(memory.free>=512))", virtual.asked);
    run("fluid:install file:/x.jar any");
    assertEquals("place on null", virtual.asked);
  }

  @Test
  void aBatchTriesAllAndReportsEach() throws Exception {
    virtual.add(new VirtualId(3, 1), virtual.beta, "broken", "1.0.0");
    virtual.add(new VirtualId(3, 2), virtual.beta, "fine", "1.0.0");
    assertEquals(
        "3 bundles, 2 failed: start broken: broken on n3 does not resolve, missing package a.b; "
            + "start nowhere: no bundle 'nowhere'; n3:2 fine 1.0.0 is ACTIVE on n3",
        failure("fluid:start broken nowhere fine"));
    assertEquals(
        List.of("n3:2 fine 1.0.0 stopped on n3", "2 bundles, 0 failed"),
        lines("fluid:stop fine fine").subList(1, 3));
    Reports reports = assertInstanceOf(Reports.class, session.execute("fluid:start fine"));
    assertEquals(
        List.of(new Reports.Report("fine", true, "n3:2", "n3:2 fine 1.0.0 is ACTIVE on n3")),
        reports);
  }

  @Test
  void errorsAreOneLine() throws Exception {
    assertEquals("start: name at least one bundle, for example start n2:7", failure("fluid:start"));
    assertEquals(
        "install: name at least one bundle, for example install file:/path/name.jar",
        failure("fluid:install"));
    virtual.add(new VirtualId(3, 2), virtual.beta, "fine", "1.0.0");
    for (String command :
        List.of("start --jsn fine", "node --x", "services --x", "records --x", "events --x")) {
      String[] words = command.split(" ");
      assertEquals(
          words[0] + ": no option '" + words[1] + "': help " + words[0] + " lists those there are",
          failure("fluid:" + command));
    }
    assertTrue(run("fluid:bundles").contains("INSTALLED"));
    assertEquals(
        "install http:x: cannot read 'http:x', write a URL", failure("fluid:install http:x n1"));
    assertEquals(
        "install file:x: no node 'n9', there are n1, n3", failure("fluid:install file:x n9"));
    virtualService.unregister();
    for (String command : List.of(
        "nodes",
        "node n1",
        "bundles",
        "services",
        "install file:x",
        "start x",
        "stop x",
        "uninstall x")) {
      assertEquals(
          command.split(" ")[0]
              + ": no virtual framework on this node, start bundle org.fluidosgi.framework",
          failure("fluid:" + command));
    }
  }

  @Test
  void resultsAreTypedRowsAndPrintWithoutAConverter() throws Exception {
    Object result = session.execute("fluid:nodes");
    List<?> rows = assertInstanceOf(List.class, result);
    assertEquals("n3", ((NodeRow) rows.get(1)).node());
    assertTrue(result.toString().startsWith("  NODE  STATE"));
  }

  @Test
  void votersAreShownWithTheirStateAndWhoLeads() throws Exception {
    assertTrue(run("fluid:voters").contains("fluid.group.store=agreed"));
    NodeId away = new NodeId(new UUID(0xabcdef12L << 32, 0));
    GroupVoters.Voters three = new GroupVoters.Voters(
        Optional.of(new UUID(5, 5)),
        List.of(virtual.alpha.info().id(), virtual.beta.info().id(), away),
        Optional.of(virtual.beta.info().id()));
    GroupVoters store = new GroupVoters() {
      @Override
      public CompletionStage<Voters> voters() {
        return CompletableFuture.completedFuture(three);
      }

      @Override
      public CompletionStage<Voters> goOnAlone() {
        return CompletableFuture.failedFuture(new IllegalStateException("a majority answers"));
      }
    };
    context.registerService(GroupVoters.class, store, null);
    List<String> lines = run("fluid:voters").lines().toList();
    assertEquals(
        List.of(
            "  NODE      ROLE    STATE    NAME",
            "* n1        voter   up       alpha",
            "  n3        leader  suspect  beta",
            "  abcdef12  voter   away     -"),
        lines.subList(0, 4));
    assertTrue(lines.get(4).startsWith("3 voters, 1 up, 2 needed, view 17"), lines.get(4));
    assertEquals("takeover: a majority answers", failure("fluid:takeover"));
  }

  @Test
  void connectionsAreKeptByNameUntilTheyEnd() throws Exception {
    assertEquals("connect a:1: the bundle rsa does not run here", failure("fluid:connect a:1"));
    assertEquals("no connections", run("fluid:connections"));
    FakeConnector connector = new FakeConnector(virtual.beta.info());
    context.registerService(RemoteConnector.class, connector, null);
    String row = "  Order       urn:uuid:1  colour=blue, tags=[a, b]";
    List<String> rows = List.of("  INTERFACES  ENDPOINT    PROPERTIES", row, "1 reference of beta");
    assertEquals(rows, run("fluid:connect 127.0.0.1:9280").lines().toList());
    assertEquals(rows, run("fluid:connection beta").lines().toList());
    run("fluid:connect 127.0.0.1:9280");
    assertEquals(
        List.of(
            "  NAME    NODE  ADDRESS         REFERENCES",
            "  beta    beta  127.0.0.1:9280           1",
            "  beta-2  beta  127.0.0.1:9280           1",
            "2 connections"),
        run("fluid:connections").lines().toList());
    assertEquals("beta disconnected", run("fluid:disconnect beta"));
    connector.lose();
    assertEquals("no connections", run("fluid:connections"));
    assertEquals(
        "disconnect beta: no connection of that name; see fluid:connections",
        failure("fluid:disconnect beta"));
    assertTrue(failure("fluid:connect nowhere").contains("write host:port"));
    connector.refuse();
    assertEquals("connect 127.0.0.1:1: nobody listens there", failure("fluid:connect 127.0.0.1:1"));
  }

  @Test
  void namesOfOtherNodesDoNotSteerTheTerminal() throws Exception {
    virtual.add(new VirtualId(3, 1), virtual.beta, "evil\u001b[2J\u009b\n", "1.0.0");
    assertTrue(run("fluid:bundles").contains("evil?[2J??"));
    String started = run("fluid:start n3:1");
    assertTrue(started.contains("evil?[2J"), started);
    assertFalse(started.contains("\u001b") || started.contains("\u009b"), started);
    assertEquals(
        "install x on n2: no URL",
        Failure.line("install", "x", new IllegalStateException("install x on n2: no URL")));
    assertEquals("start: ?", Failure.line("start", "", new IllegalStateException("\u0007")));
  }

  @Test
  void everythingIsDescribed() {
    Map<Class<?>, String[]> all = Map.of(
        Lists.class,
        Lists.NAMES,
        Details.class,
        Details.NAMES,
        Events.class,
        Events.NAMES,
        RegistryLists.class,
        RegistryLists.NAMES,
        Members.class,
        Members.NAMES,
        Verbs.class,
        Verbs.NAMES,
        Voters.class,
        Voters.NAMES);
    for (Class<?> commands : all.keySet()) {
      Set<String> names = Set.of(all.get(commands));
      for (Method method : commands.getDeclaredMethods()) {
        if (names.contains(method.getName()) && Modifier.isPublic(method.getModifiers())) {
          assertTrue(method.isAnnotationPresent(Descriptor.class), method.toString());
          for (Parameter parameter : method.getParameters()) {
            if (parameter.getType() == CommandSession.class) {
              continue; // Gogo gives it
            }
            assertTrue(parameter.isAnnotationPresent(Descriptor.class), method.toString());
          }
        }
      }
      assertTrue(Arrays.stream(commands.getDeclaredMethods())
          .map(Method::getName)
          .toList()
          .containsAll(names));
    }
  }

  @Test
  void withoutMembershipTheViewIsUnknown() throws Exception {
    ViewClock clock = new ViewClock(context, () -> 0);
    assertEquals("view -", clock.toString());
    clock.open();
    assertEquals("view 17, 0.0 s old", clock.toString());
    clock.close();
    assertEquals("view -", clock.toString());
  }
}
