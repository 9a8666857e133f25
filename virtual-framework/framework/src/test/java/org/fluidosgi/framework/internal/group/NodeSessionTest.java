package org.fluidosgi.framework.internal.group;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.core.Message;
import org.fluidosgi.framework.internal.core.Op;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.PrototypeServiceFactory;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.Version;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleWiring;

/** Two nodes with real channels and real Felix frameworks: the whole way of an operation. */
@Timeout(60)
class NodeSessionTest {
  private static final String ACTIVATOR = "org.fluidosgi.framework.internal.group.TestJar$";
  private static final Map<String, String> IMPORTS =
      Map.of("Import-Package", "org.osgi.framework", "Bundle-Activator", ACTIVATOR + "Works");
  private static final AtomicLong CALLS = new AtomicLong();

  @TempDir
  Path folder;

  private final FakeGroup group = new FakeGroup();
  private TestNode alpha;
  private TestNode beta;

  @BeforeEach
  void openBoth() throws Exception {
    Map<String, String> settings = Map.of(
        "fluid.framework.timeout.millis", "5000", "fluid.framework.bundle.bytes.max", "2000000");
    alpha = new TestNode(group, folder, "alpha", settings);
    beta = new TestNode(group, folder, "beta", settings);
    alpha.connect(beta);
    awaitNumbers();
  }

  @AfterEach
  void closeBoth() throws Exception {
    alpha.close();
    beta.close();
  }

  private void awaitNumbers() {
    await().untilAsserted(() -> {
      assertEquals(List.of(1, 2), ordinals(alpha));
      assertEquals(List.of(1, 2), ordinals(beta));
    });
  }

  private static List<Integer> ordinals(TestNode node) {
    return node.framework().nodes().stream().map(VirtualNode::ordinal).toList();
  }

  private String jar(String name, Map<String, String> headers, int padding) throws IOException {
    return TestJar.write(folder, name, headers, padding).toUri().toString();
  }

  private String jar(String name, String header, String value) throws IOException {
    Map<String, String> headers = new HashMap<>(IMPORTS);
    headers.put(header, value);
    return jar(name, headers, 10);
  }

  private VirtualBundle installOnBeta(String location) throws BundleException {
    return alpha.framework().install(location, alpha.framework().node("beta"));
  }

  private Bundle hostOf(TestNode node, VirtualBundle bundle) {
    return node.host.getBundleContext().getBundle(bundle.getLocation());
  }

  @Test
  void bundleLivesOnTheOtherNode() throws Exception {
    String location = jar("far", IMPORTS, 700_000);
    VirtualBundle bundle = installOnBeta(location);

    assertEquals("n2:1", bundle.id().toString());
    assertEquals("far", bundle.getSymbolicName());
    assertEquals(new Version("1.2.0"), bundle.getVersion());
    assertEquals(location, bundle.getLocation());
    assertEquals(64, bundle.sha256().length());
    assertEquals("beta", bundle.node().name());
    assertEquals(Bundle.INSTALLED, bundle.getState());

    bundle.start();
    assertEquals(Bundle.ACTIVE, bundle.getState());
    assertEquals(Bundle.ACTIVE, hostOf(beta, bundle).getState());
    assertEquals("1.2.0", bundle.getHeaders().get("Bundle-Version"));
    assertSame(bundle, installOnBeta(location), "the same location is the same bundle");

    VirtualBundle there = beta.framework().bundle("far/1.2.0");
    assertEquals(there, bundle);
    assertEquals(bundle, there);
    assertEquals(there.hashCode(), bundle.hashCode());

    bundle.stop();
    assertEquals(Bundle.RESOLVED, there.getState());
    bundle.uninstall();
    assertEquals(Bundle.UNINSTALLED, bundle.getState());
    assertNull(hostOf(beta, bundle));
    await().untilAsserted(() -> assertEquals(List.of(), group.all("bundle")));
    assertThrows(IllegalStateException.class, bundle::start);
    assertTrue(alpha.framework().bundles().isEmpty());
  }

  @Test
  void listenersHearEveryStepOfABundleOfTheOtherNode() throws Exception {
    List<Integer> life = List.of(
        BundleEvent.INSTALLED,
        BundleEvent.RESOLVED,
        BundleEvent.STARTING,
        BundleEvent.STARTED,
        BundleEvent.STOPPING,
        BundleEvent.STOPPED,
        BundleEvent.UNRESOLVED,
        BundleEvent.UNINSTALLED);
    VirtualBundle bundle = installOnBeta(jar("heard", IMPORTS, 10));
    bundle.start();
    bundle.stop();
    bundle.uninstall();
    await().untilAsserted(() -> assertEquals(life, types(alpha)));
    assertTrue(alpha.events.stream().allMatch(event -> event.getBundle() == bundle));
    alpha.events.clear();
    installOnBeta(jar("left", IMPORTS, 10)).start();
    await().untilAsserted(() -> assertEquals(life.subList(0, 4), types(alpha)));
    beta.shut();
    await().untilAsserted(() -> assertEquals(life, types(alpha)));
    assertEquals(List.of(), beta.events, "of a node's own bundles its host tells");
  }

  @Test
  void whoHearsOfAnInstallationFindsTheBundle() throws Exception {
    BundleContext context = beta.context();
    List<String> atOnce = new CopyOnWriteArrayList<>();
    List<String> later = new CopyOnWriteArrayList<>();
    context.addBundleListener((SynchronousBundleListener) event -> atOnce.add(said(event)));
    context.addBundleListener(event -> later.add(said(event)));
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      VirtualBundle bundle = installOnBeta(jar("told" + i, IMPORTS, 10));
      bundle.start();
      for (int type : List.of(BundleEvent.INSTALLED, BundleEvent.RESOLVED, BundleEvent.STARTED)) {
        steps.add("n2:" + (i + 1) + " " + type + " found");
      }
    }
    await().untilAsserted(() -> assertEquals(steps, later));
    atOnce.removeIf(step -> step.contains(" " + BundleEvent.STARTING + " "));
    assertEquals(steps, atOnce);
  }

  @Test
  void whatIsBegunThroughTheContextOfABundleElsewhereEndsWithItsRun() throws Exception {
    VirtualBundle bundle = installOnBeta(jar("acting", IMPORTS, 10));
    assertNull(bundle.getBundleContext(), "it does not run");
    bundle.start();
    BundleContext theirs = bundle.getBundleContext();
    assertSame(theirs, bundle.getBundleContext());
    assertSame(bundle, theirs.getBundle());
    assertNull(theirs.getDataFile("x"));

    BundleContext own = alpha.host.getBundleContext();
    List<Object> alive = new CopyOnWriteArrayList<>();
    ServiceRegistration<Runnable> scoped =
        own.registerService(Runnable.class, new Prototypes(alive), null);
    ServiceReference<Runnable> reference = theirs
        .getServiceReferences(Runnable.class, "(service.scope=prototype)")
        .iterator()
        .next();
    theirs.getService(reference);
    theirs.getService(reference);
    ServiceObjects<Runnable> objects = theirs.getServiceObjects(reference);
    objects.getService();
    Runnable given = objects.getService();
    objects.ungetService(given);
    assertEquals(2, alive.size(), "one for the bundle, one of its own");
    List<ServiceEvent> heard = new CopyOnWriteArrayList<>();
    theirs.addServiceListener(heard::add);
    Runnable mine = () -> {};
    ServiceRegistration<?> registered = theirs.registerService(
        new String[] {Runnable.class.getName()},
        mine,
        FrameworkUtil.asDictionary(Map.of("colour", "red")));
    assertSame(bundle, registered.getReference().getBundle());
    assertArrayEquals(
        new ServiceReference<?>[] {registered.getReference()}, bundle.getRegisteredServices());
    registered.setProperties(FrameworkUtil.asDictionary(Map.of("colour", "blue")));
    assertSame(bundle, registered.getReference().getBundle(), "it stays that bundle's");
    assertEquals(2, heard.size());

    bundle.stop();
    await().until(() -> alive.isEmpty());
    assertNull(bundle.getBundleContext());
    assertThrows(IllegalStateException.class, theirs::getBundle);
    assertThrows(IllegalStateException.class, () -> theirs.getServiceReference("x.Y"));
    assertThrows(IllegalStateException.class, () -> theirs.addServiceListener(heard::add));
    assertThrows(IllegalStateException.class, registered::unregister);
    int before = heard.size();
    scoped.unregister();
    assertEquals(before, heard.size());

    bundle.start();
    assertNotEquals(theirs, bundle.getBundleContext());
    BundleContext second = bundle.getBundleContext();
    beta.shut();
    await().until(() -> bundle.getBundleContext() == null);
    assertThrows(IllegalStateException.class, second::getBundle);
  }

  /** Gives objects that it knows until they are given back. */
  private record Prototypes(List<Object> alive) implements PrototypeServiceFactory<Runnable> {
    @Override
    public Runnable getService(Bundle bundle, ServiceRegistration<Runnable> registration) {
      Runnable made = new Runnable() {
        @Override
        public void run() {}
      };
      alive.add(made);
      return made;
    }

    @Override
    public void ungetService(
        Bundle bundle, ServiceRegistration<Runnable> registration, Runnable service) {
      alive.remove(service);
    }
  }

  /** What an event told on beta, and whether the bundle was there then. */
  private String said(BundleEvent event) {
    Bundle bundle = event.getBundle();
    boolean found = beta.context().getBundle(bundle.getBundleId()) == bundle
        && beta.context().getBundle(bundle.getLocation()) == bundle;
    return VirtualId.of(bundle.getBundleId()) + " " + event.getType() + (found ? " found" : "");
  }

  private static List<Integer> types(TestNode node) {
    return node.events.stream().map(BundleEvent::getType).toList();
  }

  @Test
  void contentOfABundleElsewhereIsReadAndItsClassesAreLoadedHere() throws Exception {
    Map<String, String> exporting = new HashMap<>(IMPORTS);
    exporting.put("Export-Package", TestJar.class.getPackageName());
    VirtualBundle bundle = installOnBeta(jar("read", exporting, 10));
    alpha.forgetContent();
    assertEquals(10, bundle.getEntry("/padding").openStream().readAllBytes().length);
    assertNull(bundle.getEntry("none"));
    assertTrue(Collections.list(bundle.getEntryPaths("/")).contains("padding"));
    assertEquals(3, Collections.list(bundle.findEntries("org", "*.class", true)).size());
    assertNull(bundle.findEntries("/", "*.none", true));
    assertNull(copyOn(alpha), "entries need no class space");

    Class<?> works = bundle.loadClass(TestJar.Works.class.getName());
    assertEquals(copyOn(alpha), FrameworkUtil.getBundle(works));
    assertSame(works, bundle.loadClass(TestJar.Works.class.getName()));
    assertEquals(Bundle.RESOLVED, copyOn(alpha).getState(), "a copy never starts");
    assertEquals(10, bundle.getResource("padding").openStream().readAllBytes().length);
    assertEquals(1, Collections.list(bundle.getResources("padding")).size());
    assertThrows(ClassNotFoundException.class, () -> bundle.loadClass("none.Such"));
    assertEquals(List.of(bundle), alpha.framework().bundles(), "a copy is no bundle of the group");

    exporting.put("Bundle-SymbolicName", "read");
    bundle.update(
        new FileInputStream(Path.of(URI.create(jar("next", exporting, 20))).toFile()));
    await().until(() -> copyOn(alpha) == null);
    assertEquals(20, bundle.getEntry("padding").openStream().readAllBytes().length);
    bundle.loadClass(TestJar.Works.class.getName());
    bundle.uninstall();
    await().until(() -> copyOn(alpha) == null);
    assertThrows(IllegalStateException.class, () -> bundle.getEntry("padding"));
    assertThrows(IllegalStateException.class, () -> bundle.loadClass("x.Y"));
  }

  @Test
  void classesOfABundleElsewhereThatIsHereTooAreItsOwn() throws Exception {
    VirtualBundle there = installOnBeta(jar("both", IMPORTS, 10));
    VirtualBundle here =
        alpha.framework().install(there.getLocation(), alpha.framework().localNode());
    assertSame(
        here.loadClass(TestJar.Works.class.getName()),
        there.loadClass(TestJar.Works.class.getName()));
    assertNull(copyOn(alpha));
  }

  @Test
  void aCopyThatCannotBeWiredSaysWhyAndItsResourcesAreFoundAllTheSame() throws Exception {
    VirtualBundle lacking = installOnBeta(jar("wanting", "Import-Package", "no.such.thing"));
    ClassNotFoundException failure = assertThrows(
        ClassNotFoundException.class, () -> lacking.loadClass(TestJar.Works.class.getName()));
    assertTrue(failure.getMessage().contains("no.such.thing"), failure.getMessage());
    assertNotNull(lacking.getResource("padding"));
  }

  @Test
  void aCopyAndABundleOfTheSameNameAndVersionDoNotStandInEachOthersWay() throws Exception {
    alpha.host.getBundleContext().installBundle(jar("taken", IMPORTS, 10));
    VirtualBundle taken = installOnBeta(jar("taken", IMPORTS, 30));
    taken.loadClass(TestJar.Works.class.getName());
    assertEquals(30, taken.getResource("padding").openStream().readAllBytes().length);
    alpha.host.getBundleContext().getBundles()[1].uninstall();
    Path again = folder.resolve("again.jar");
    Files.copy(Path.of(URI.create(jar("taken", IMPORTS, 20))), again);
    VirtualBundle here =
        alpha.framework().install(again.toUri().toString(), alpha.framework().localNode());
    assertNotNull(copyOn(alpha));
    assertEquals(20, here.getEntry("padding").openStream().readAllBytes().length);
    BundleException twice = assertThrows(
        BundleException.class,
        () -> alpha.host.getBundleContext().installBundle(jar("taken", IMPORTS, 40)));
    assertEquals(BundleException.DUPLICATE_BUNDLE_ERROR, twice.getType());
  }

  @Test
  void aBundleStartsWhenItsHostHasReachedItsStartLevel() throws Exception {
    String late = jar("late", IMPORTS, 10);
    String early = jar("early", IMPORTS, 10);
    installOnBeta(late).start();
    installOnBeta(early).start();
    beta.shut();
    BundleContext context = beta.host.getBundleContext();
    context.getBundle(late).adapt(BundleStartLevel.class).setStartLevel(5);
    beta.open();
    await().until(() -> context.getBundle(early).getState() == Bundle.ACTIVE);
    assertNotEquals(Bundle.ACTIVE, context.getBundle(late).getState());
    beta.host.adapt(FrameworkStartLevel.class).setStartLevel(5);
    await().until(() -> context.getBundle(late).getState() == Bundle.ACTIVE);
  }

  private static Bundle copyOn(TestNode node) {
    return Arrays.stream(node.host.getBundleContext().getBundles())
        .filter(bundle -> bundle.getLocation().startsWith("fluid-copy:"))
        .findFirst()
        .orElse(null);
  }

  @Test
  void copiesOfAnEarlierRunAreRemoved() throws Exception {
    VirtualBundle bundle = installOnBeta(jar("stale", IMPORTS, 10));
    bundle.loadClass(TestJar.Works.class.getName());
    alpha
        .host
        .getBundleContext()
        .installBundle(
            "fluid-copy:old", Files.newInputStream(Path.of(URI.create(jar("old", IMPORTS, 1)))));
    alpha.shut();
    assertNull(copyOn(alpha));
    alpha
        .host
        .getBundleContext()
        .installBundle(
            "fluid-copy:older",
            Files.newInputStream(Path.of(URI.create(jar("older", IMPORTS, 1)))));
    alpha.open();
    assertNull(copyOn(alpha));
  }

  @Test
  void aBundleElsewhereIsDescribedByADto() throws Exception {
    VirtualBundle bundle = installOnBeta(jar("described", IMPORTS, 10));
    BundleDTO dto = bundle.adapt(BundleDTO.class);
    assertEquals(bundle.getBundleId(), dto.id);
    assertEquals("described", dto.symbolicName);
    assertEquals("1.2.0", dto.version);
    assertEquals(Bundle.INSTALLED, dto.state);
    assertEquals(bundle.getLastModified(), dto.lastModified);
    assertSame(bundle, bundle.adapt(Bundle.class));
    assertNull(bundle.adapt(BundleWiring.class), "it is wired on its node");
    assertNull(bundle.getDataFile("x"));
    assertNull(bundle.getServicesInUse());
    assertNull(bundle.getRegisteredServices());
  }

  @Test
  void servicesThatABundleElsewhereUsesAreThoseKnownHere() throws Exception {
    VirtualBundle bundle = installOnBeta(jar("using", IMPORTS, 10));
    bundle.start();
    BundleContext beta1 = beta.host.getBundleContext();
    BundleContext user = hostOf(beta, bundle).getBundleContext();
    // As if both nodes had imported one from a third, and beta had one of its own that is not
    // shared.
    long third = new VirtualId(3, 9).toLong();
    Dictionary<String, Object> told =
        new Hashtable<>(Map.of("service.imported", "true", "fluid.service.id", third));
    beta1.registerService(Runnable.class, () -> {}, told);
    beta1.registerService(Runnable.class, () -> {}, null);
    for (var each : user.getServiceReferences(Runnable.class, null)) {
      user.getService(each);
    }
    assertNull(bundle.getServicesInUse(), "nothing of it is known here");
    alpha.host.getBundleContext().registerService(Runnable.class, () -> {}, told);
    ServiceReference<?>[] used = bundle.getServicesInUse();
    assertEquals(1, used.length);
    assertEquals(third, used[0].getProperty("service.id"));
  }

  @Test
  void theGroupChoosesTheNodeThatMatchesAndResolves() throws Exception {
    String location = jar("placed", IMPORTS, 10);
    VirtualBundle placed = alpha.framework().place(location, "(name=beta)");
    assertEquals("beta", placed.node().name());
    assertEquals(Bundle.RESOLVED, placed.getState());
    assertSame(placed, alpha.framework().place(location, null), "it is installed already");

    // Wherever it is tried first, only beta has what it needs.
    beta.host.getBundleContext().installBundle(jar("needed", "Export-Package", "need.ed"));
    VirtualBundle needing =
        alpha.framework().place(jar("needing", "Import-Package", "need.ed"), null);
    assertEquals("beta", needing.node().name());
    assertEquals(Set.of(placed, needing), Set.copyOf(alpha.framework().bundles()));
  }

  @Test
  void whereNoNodeTakesABundleEachSaysWhy() throws Exception {
    String lacking = jar("unplaced", "Import-Package", "no.such.thing");
    BundleException nowhere =
        assertThrows(BundleException.class, () -> alpha.framework().place(lacking, null));
    for (String part : List.of("n1 alpha does not resolve it", "n2 beta does not resolve it")) {
      assertTrue(nowhere.getMessage().contains(part), nowhere.getMessage());
    }
    assertTrue(
        nowhere.getMessage().contains("(osgi.wiring.package=no.such.thing)"), nowhere.getMessage());
    assertEquals(List.of(), alpha.framework().bundles());
    await().until(() -> beta.framework().bundles().isEmpty());
    BundleException unmatched = assertThrows(
        BundleException.class,
        () -> alpha.framework().place(lacking, "(&(zone=eu)(memory.free>=1))"));
    assertTrue(
        unmatched.getMessage().contains("n1 alpha does not match: zone=(none), memory.free="),
        unmatched.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> alpha.framework().place(lacking, "(zone=eu"));
    BundleException unreadable = assertThrows(
        BundleException.class, () -> alpha.framework().place("file:/no/such.jar", null));
    assertTrue(unreadable.getMessage().contains("/no/such.jar"), unreadable.getMessage());
  }

  @Test
  void nodesTellWhatPlacementAsksFor() throws Exception {
    TestNode labelled = new TestNode(
        group, folder, "labelled", Map.of("fluid.node.properties", "zone=eu, rack = 7"));
    try {
      labelled.connect(alpha);
      await()
          .until(() ->
              beta.framework().nodes().stream().anyMatch(node -> node.name().equals("labelled")));
      Map<String, Object> told = beta.framework().nodes().stream()
          .filter(node -> node.name().equals("labelled"))
          .findFirst()
          .orElseThrow()
          .properties();
      assertEquals("eu", told.get("zone"));
      assertEquals("7", told.get("rack"));
      assertTrue((Long) told.get("memory.free") > 0);
      assertTrue((Long) told.get("memory.max") >= (Long) told.get("memory.free"));
      assertTrue(((List<?>) told.get("os.arch")).size() > 1, () -> "names: " + told.get("os.arch"));
    } finally {
      labelled.close();
    }
  }

  @Test
  void aNewcomerKeepsItsOwnNumberWhileTheGroupCannotDecide() throws Exception {
    group.store.refuse(true);
    TestNode gamma = new TestNode(group, folder, "gamma", Map.of());
    try {
      gamma.connect(alpha);
      gamma.connect(beta);
      await()
          .untilAsserted(() ->
              assertEquals(List.of(0, 1, 2), ordinals(alpha).stream().sorted().toList()));
      VirtualBundle bundle =
          gamma.framework().install(jar("own", IMPORTS, 10), gamma.framework().localNode());
      assertEquals("n1:1", bundle.id().toString(), "as on a lone node");
      bundle.start();
      assertEquals(Bundle.ACTIVE, bundle.getState());
      assertEquals(List.of(), alpha.framework().bundles(), "its id may be that of another");
      assertEquals(2, beta.framework().localNode().ordinal());
      group.store.refuse(false);
      await().untilAsserted(() -> assertEquals(List.of(1, 2, 3), ordinals(alpha)));
      await()
          .untilAsserted(() -> assertEquals(
              List.of("n3:1"),
              alpha.framework().bundles().stream()
                  .map(each -> each.id().toString())
                  .toList()));
      assertEquals(Bundle.ACTIVE, gamma.framework().bundles().get(0).getState());
    } finally {
      gamma.close();
    }
  }

  @Test
  void aNodeSaysWhichOthersMayActOnItsBundles() throws Exception {
    Map<String, String> settings = Map.of(
        "fluid.remote.install", "beta",
        "fluid.remote.start", "none",
        "fluid.remote.update", "none",
        "fluid.remote.uninstall", "beta");
    try (TestNode gamma = new TestNode(group, folder, "gamma", settings)) {
      alpha.connect(gamma);
      beta.connect(gamma);
      await()
          .until(() -> alpha.framework().nodes().size() == 3
              && beta.framework().nodes().size() == 3
              && alpha.framework().node("gamma").ordinal() == 3);
      String location = jar("kept", IMPORTS, 10);
      VirtualNode there = alpha.framework().node("gamma");
      assertSecurity("install", () -> alpha.framework().install(location, there));
      assertEquals(List.of(), alpha.framework().bundles());
      assertOneLine(
          assertThrows(
              BundleException.class, () -> alpha.framework().place(location, "(name=gamma)")),
          "no node takes it",
          "fluid.remote.install is beta");

      VirtualBundle kept = beta.framework().install(location, beta.framework().node("gamma"));
      await().until(() -> alpha.framework().bundle(kept.getBundleId()).isPresent());
      VirtualBundle seen = alpha.framework().bundle(kept.getBundleId()).orElseThrow();
      assertSecurity("start", seen::start);
      assertSecurity("start", kept::start);
      seen.stop();
      assertSecurity("update", seen::update);
      assertSecurity("uninstall", seen::uninstall);
      gamma.framework().bundle(kept.getBundleId()).orElseThrow().start();
      await().until(() -> seen.getState() == Bundle.ACTIVE);
      kept.uninstall();
      await().until(() -> seen.getState() == Bundle.UNINSTALLED);
    }
  }

  private static void assertSecurity(String what, Executable call) {
    BundleException refused = assertThrows(BundleException.class, call);
    assertEquals(BundleException.SECURITY_ERROR, refused.getType(), refused.getMessage());
    assertOneLine(refused, "may not " + what + " bundles on gamma", "fluid.remote." + what);
  }

  @Test
  void installationsOfOneLocationAtOnceAreOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 20; round++) {
        String location = jar("once" + round, IMPORTS, 10);
        List<Future<VirtualBundle>> all = threads.invokeAll(List.of(
            () -> installOnBeta(location),
            () -> installOnBeta(location),
            () -> beta.framework().install(location, beta.framework().localNode()),
            () -> beta.framework().install(location, beta.framework().localNode())));
        Set<VirtualId> ids = new HashSet<>();
        for (Future<VirtualBundle> each : all) {
          ids.add(each.get().id());
        }
        assertEquals(1, ids.size(), location);
        int bundles = round + 1;
        assertEquals(bundles, beta.framework().bundles().size());
        assertEquals(ids, Set.of(beta.framework().bundle("once" + round).id()));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void othersSeeHowABundleStarts() throws Exception {
    FrameworkStartLevel levels = beta.host.adapt(FrameworkStartLevel.class);
    levels.setStartLevel(9);
    await().until(() -> levels.getStartLevel() == 9);
    VirtualBundle bundle = installOnBeta(jar("level", IMPORTS, 10));
    assertFalse(bundle.adapt(BundleStartLevel.class).isPersistentlyStarted());
    bundle.start(Bundle.START_ACTIVATION_POLICY);
    BundleStartLevel told = bundle.adapt(BundleStartLevel.class);
    assertEquals(1, told.getStartLevel());
    assertTrue(told.isPersistentlyStarted() && told.isActivationPolicyUsed());
    bundle.stop();
    hostOf(beta, bundle).adapt(BundleStartLevel.class).setStartLevel(7);
    bundle.start(Bundle.START_TRANSIENT);
    await().until(() -> bundle.adapt(BundleStartLevel.class).getStartLevel() == 7);
    assertFalse(bundle.adapt(BundleStartLevel.class).isPersistentlyStarted());
    assertThrows(
        UnsupportedOperationException.class,
        () -> bundle.adapt(BundleStartLevel.class).setStartLevel(2));
  }

  @Test
  void othersHearOfAdministratorsAndOfLeaving() throws Exception {
    VirtualBundle bundle = installOnBeta(jar("seen", IMPORTS, 10));
    hostOf(beta, bundle).start();
    await().untilAsserted(() -> assertEquals(Bundle.ACTIVE, bundle.getState()));
    assertTrue(group.all("bundle").get(0).keys().contains("bsn:seen"));

    beta.shut();
    await().untilAsserted(() -> assertEquals(Bundle.UNINSTALLED, bundle.getState()));
    await().untilAsserted(() -> assertEquals(1, alpha.framework().nodes().size()));
    assertEquals(Bundle.RESOLVED, hostOf(beta, bundle).getState(), "stopped and kept");
  }

  @Test
  void restartBringsIdsAndRunningBundlesBack() throws Exception {
    VirtualBundle bundle = installOnBeta(jar("kept", IMPORTS, 10));
    bundle.start();
    VirtualId id = bundle.id();
    beta.shut();
    beta.open();
    awaitNumbers();
    await().untilAsserted(() -> {
      VirtualBundle again = alpha.framework().bundle("kept");
      assertEquals(id, again.id());
      assertEquals(Bundle.ACTIVE, again.getState());
    });
    VirtualBundle next = installOnBeta(jar("next", IMPORTS, 10));
    assertEquals("n2:2", next.id().toString());
  }

  @Test
  void joiningAnotherGroupRenumbersWhatItBrings() throws Exception {
    FakeGroup other = new FakeGroup();
    try (TestNode gamma = new TestNode(other, folder, "gamma", Map.of())) {
      VirtualBundle brought = gamma
          .framework()
          .install(jar("brought", IMPORTS, 10), gamma.framework().localNode());
      brought.start();
      assertEquals("n1:1", brought.id().toString());
      gamma.shut();
      gamma.connect(alpha);
      gamma.open(group);
      await().untilAsserted(() -> {
        VirtualBundle seen = alpha.framework().bundle("brought");
        assertEquals("n3:1", seen.id().toString());
        assertEquals(Bundle.ACTIVE, seen.getState());
        assertEquals(List.of(1, 2, 3), ordinals(alpha));
      });
      alpha.framework().bundle("n3:1").stop();
      assertEquals("n3:1", gamma.framework().bundle("brought").id().toString());
      assertEquals(Bundle.RESOLVED, gamma.framework().bundle("brought").getState());
    }
  }

  @Test
  void contentStartsElsewhereFromItsHash() throws Exception {
    VirtualBundle bundle = installOnBeta(jar("copy", IMPORTS, 300_000));
    String byHash = "sha256:" + bundle.sha256();
    Files.delete(folder.resolve("copy.jar"));
    beta.shut();
    VirtualBundle here = alpha.framework().install(byHash, alpha.framework().localNode());
    assertEquals("n1:1", here.id().toString());
    here.start();
    assertEquals(Bundle.ACTIVE, here.getState());
    assertEquals(bundle.sha256(), here.sha256());
  }

  @Test
  void contentComesFromAnotherNodeByItsHash() throws Exception {
    VirtualBundle here = alpha
        .framework()
        .install(jar("fetched", IMPORTS, 600_000), alpha.framework().localNode());
    VirtualBundle there =
        beta.framework().install("sha256:" + here.sha256(), beta.framework().localNode());
    assertEquals("fetched", there.getSymbolicName());
    assertEquals(here.sha256(), there.sha256());
  }

  @Test
  void updateSendsNewContent() throws Exception {
    String location = jar("updated", IMPORTS, 10);
    VirtualBundle bundle = installOnBeta(location);
    bundle.start();
    String before = bundle.sha256();
    jar("updated", "Bundle-Version", "2.0.0");
    bundle.update();
    assertEquals(new Version("2.0.0"), bundle.getVersion());
    assertEquals(Bundle.ACTIVE, bundle.getState());
    assertNotEquals(before, bundle.sha256());
  }

  @Test
  void errorsNameCauseNodeAndRemedy() throws Exception {
    VirtualBundle lacking = installOnBeta(
        jar("lacking", "Import-Package", "org.osgi.framework,no.such.pkg;version=\"[1,2)\""));
    BundleException unresolved = assertThrows(BundleException.class, lacking::start);
    assertOneLine(unresolved, "no.such.pkg", "beta", "install a bundle");
    assertEquals(BundleException.RESOLVE_ERROR, unresolved.getType());

    VirtualBundle failing = installOnBeta(jar("failing", "Bundle-Activator", ACTIVATOR + "Fails"));
    BundleException failed = assertThrows(BundleException.class, failing::start);
    assertOneLine(failed, "beta", "no database at all");
    assertEquals(BundleException.ACTIVATOR_ERROR, failed.getType());

    assertOneLine(
        assertThrows(BundleException.class, () -> installOnBeta("file:/no/such.jar")),
        "file:/no/such.jar",
        "beta",
        "check");
    assertOneLine(
        assertThrows(BundleException.class, () -> installOnBeta("/no/such.jar")), "file:");
    String big = jar("big", IMPORTS, 2_100_000);
    assertOneLine(
        assertThrows(BundleException.class, () -> installOnBeta(big)),
        "it has " + Files.size(Path.of(java.net.URI.create(big))) + " bytes",
        "2000000",
        "fluid.framework.bundle.bytes.max");
    assertOneLine(
        assertThrows(IllegalArgumentException.class, () -> alpha.framework().node("gamma")),
        "gamma",
        "alpha",
        "beta");
    assertOneLine(
        assertThrows(IllegalArgumentException.class, () -> alpha.framework().bundle("nobody")),
        "nobody",
        "n2:1 lacking/1.2.0");

    String location = jar("ordinary", IMPORTS, 10);
    beta.host.getBundleContext().installBundle(location);
    assertOneLine(
        assertThrows(BundleException.class, () -> installOnBeta(location)), "host bundle", "beta");
    Path garbage = Files.write(folder.resolve("garbage.jar"), new byte[] {1, 2, 3});
    assertThrows(BundleException.class, () -> installOnBeta(garbage.toUri().toString()));
    assertEquals(2, beta.framework().bundles().size());
    assertNoParts();
  }

  private static void assertOneLine(Exception failure, String... parts) {
    String message = failure.getMessage();
    assertFalse(message.contains("\n"), message);
    for (String part : parts) {
      assertTrue(message.contains(part), message + " lacks " + part);
    }
  }

  private void assertNoParts() throws IOException {
    for (String node : List.of("alpha", "beta")) {
      try (Stream<Path> left = Files.list(folder.resolve(node + "/content/incoming"))) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  private static Map<String, Object> ask(ChannelStream stream, ByteBuffer request)
      throws Exception {
    ByteBuffer answer = stream
        .request(CallHeader.first(CALLS.incrementAndGet(), Duration.ofSeconds(5)), request)
        .get();
    byte status = Message.code(answer);
    Map<String, Object> attributes = new HashMap<>(Message.attributes(answer));
    attributes.put("status", status);
    return attributes;
  }

  private static void assertRefused(Map<String, Object> answer, String part) {
    assertEquals(Message.FAILED, answer.get("status"));
    String message = (String) answer.get("message");
    assertTrue(message.contains(part), message + " lacks " + part);
  }

  @Test
  void garbageIsRefusedAndTheNodeGoesOn() throws Exception {
    ChannelStream stream = alpha
        .channel
        .multiplexer()
        .connect(beta.channel.localNode().info().id())
        .get()
        .open(OpClient.ENDPOINT);
    assertRefused(ask(stream, ByteBuffer.wrap(new byte[] {})), "at least 2");
    assertRefused(ask(stream, ByteBuffer.wrap(new byte[] {9, 1})), "version 9");
    assertRefused(ask(stream, ByteBuffer.wrap(new byte[] {1, 99, 0})), "unknown operation 99");
    for (Op op : Op.values()) {
      Map<String, Object> answer =
          ask(stream, ByteBuffer.wrap(new byte[] {1, op.code(), (byte) 0xff, 3}));
      assertEquals(Message.FAILED, answer.get("status"), op + " took garbage");
    }
    assertRefused(
        ask(stream, Message.of(Op.START.code(), Map.of("id", 77L, "options", 0))), "counter 77");
    assertRefused(
        ask(stream, Message.of(Op.START.code(), Map.of("id", (2L << 32) | 9, "options", 0))),
        "n2:9 is not on beta");
    installOnBeta(jar("after", IMPORTS, 10)).start();
  }

  @Test
  void transfersThatDoNotFitAreRefusedAndLeaveNothing() throws Exception {
    ChannelStream stream = alpha
        .channel
        .multiplexer()
        .connect(beta.channel.localNode().info().id())
        .get()
        .open(OpClient.ENDPOINT);
    String hash = "0".repeat(64);
    Map<String, Object> begin =
        Map.of("purpose", "install", "location", "x:y", "sha256", hash, "size", 6L);
    assertEquals(Message.DONE, ask(stream, Message.of(Op.BEGIN.code(), begin)).get("status"));
    ByteBuffer piece = ByteBuffer.wrap(new byte[] {1, 2, 3});
    byte chunk = Op.CHUNK.code();
    assertEquals(3L, ask(stream, Message.chunk(chunk, 0, piece.duplicate())).get("received"));
    assertRefused(ask(stream, Message.chunk(chunk, 0, piece.duplicate())), "does not fit");
    assertRefused(ask(stream, Message.of(Op.COMMIT.code(), Map.of())), "incomplete: 3 of 6");

    ask(stream, Message.of(Op.BEGIN.code(), begin));
    ask(stream, Message.chunk(chunk, 0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6})));
    assertRefused(ask(stream, Message.of(Op.COMMIT.code(), Map.of())), "announced was " + hash);

    ask(stream, Message.of(Op.BEGIN.code(), begin));
    ask(stream, Message.chunk(chunk, 0, piece.duplicate()));
    stream.close();
    await().untilAsserted(this::assertNoParts);
    assertTrue(beta.framework().bundles().isEmpty());
  }

  @Test
  void hangingActivatorTimesOutAndSaysEffectUnknown() throws Exception {
    VirtualBundle hanging = installOnBeta(jar("hanging", "Bundle-Activator", ACTIVATOR + "Hangs"));
    BundleException late = assertThrows(BundleException.class, hanging::start);
    assertOneLine(late, "hanging", "beta", "unknown");
    await().untilAsserted(() -> assertEquals(Bundle.STARTING, hanging.getState()));
  }
}
