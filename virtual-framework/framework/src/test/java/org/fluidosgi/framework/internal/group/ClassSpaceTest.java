package org.fluidosgi.framework.internal.group;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.fluidosgi.framework.Providers;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.registry.Clause;
import org.fluidosgi.registry.RegistryRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;
import org.osgi.resource.Capability;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;
import org.osgi.service.repository.Repository;

/** Who provides what is required: virtual bundles, host bundles of every node, repositories. */
@Timeout(60)
class ClassSpaceTest {
  private static final Map<String, String> IMPORTS = Map.of("Import-Package", "org.osgi.framework");

  @TempDir
  Path folder;

  private final FakeGroup group = new FakeGroup();
  private TestNode alpha;
  private TestNode beta;

  @BeforeEach
  void openBoth() throws Exception {
    Map<String, String> settings = Map.of("fluid.framework.timeout.millis", "2000");
    alpha = new TestNode(group, folder, "alpha", settings);
    beta = new TestNode(group, folder, "beta", settings);
    alpha.connect(beta);
    await().untilAsserted(() -> {
      for (TestNode node : List.of(alpha, beta)) {
        assertEquals(
            List.of(1, 2),
            node.framework().nodes().stream().map(VirtualNode::ordinal).toList());
      }
    });
  }

  @AfterEach
  void closeBoth() throws Exception {
    alpha.close();
    beta.close();
  }

  private String jar(String name, Map<String, String> headers, int padding) throws IOException {
    return TestJar.write(folder, name, headers, padding).toUri().toString();
  }

  private String jar(String name, String header, String value) throws IOException {
    Map<String, String> headers = new HashMap<>(IMPORTS);
    headers.put(header, value);
    return jar(name, headers, 10);
  }

  private static Requirement required(String namespace, String... directives) {
    Map<String, String> told = new HashMap<>();
    for (int i = 0; i < directives.length; i += 2) {
      told.put(directives[i], directives[i + 1]);
    }
    return (Requirement) Proxy.newProxyInstance(
        Requirement.class.getClassLoader(),
        new Class<?>[] {Requirement.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "getNamespace" -> namespace;
          case "getDirectives" -> told;
          case "getAttributes" -> Map.of();
          case "hashCode" -> System.identityHashCode(proxy);
          case "equals" -> proxy == arguments[0];
          default -> throw new UnsupportedOperationException(method.getName());
        });
  }

  private static List<String> providers(TestNode of, String namespace, String... directives)
      throws Exception {
    return ask(of, namespace, directives).found().stream()
        .map(ClassSpaceTest::text)
        .toList();
  }

  private static Providers ask(TestNode of, String namespace, String... directives)
      throws Exception {
    return of.framework()
        .findProviders(required(namespace, directives))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private static String text(Providers.Provider provider) {
    if (provider instanceof Providers.InVirtualBundle in) {
      return in.symbolicName() + " on " + in.bundle().node().name();
    }
    return provider instanceof Providers.OnHost on
        ? "host " + on.hostId() + " " + on.symbolicName() + "/" + on.version() + " on "
            + on.node().name()
        : provider.symbolicName() + "/" + provider.version() + " in "
            + ((Providers.InRepository) provider).repository();
  }

  private List<RegistryRecord> virtualOnes() {
    return group.all("resource").stream()
        .filter(each -> !each.id().name().startsWith("host/"))
        .toList();
  }

  @Test
  void providersAreFoundOnAllNodes() throws Exception {
    String packages = "osgi.wiring.package";
    VirtualBundle far = alpha
        .framework()
        .install(
            jar("far", "Export-Package", "a.b;version=1.5;uses:=\"c\",c;version=3"),
            alpha.framework().node("beta"));
    alpha
        .framework()
        .install(
            jar("near", "Export-Package", "a.b;version=2.0;type=x;mandatory:=type"),
            alpha.framework().localNode());
    alpha
        .framework()
        .install(
            jar("able", "Provide-Capability", "x.y;x.y=1;effective:=active,x.y;x.y:Long=2"),
            alpha.framework().localNode());
    for (TestNode node : List.of(alpha, beta)) {
      await().untilAsserted(() -> assertEquals(3, virtualOnes().size()));
      assertEquals(
          List.of("far on beta"),
          providers(node, packages, "filter", "(osgi.wiring.package=a.b)"),
          "near demands its type");
      assertEquals(
          List.of("near on alpha", "far on beta"),
          providers(
              node, packages, "filter", "(&(osgi.wiring.package=a.b)(|(type=x)(version<=9)))"));
      String range = new VersionRange("[1,1.6)").toFilterString("version");
      assertEquals(
          List.of("far on beta"),
          providers(node, packages, "filter", "(&(osgi.wiring.package=a.b)" + range + ")"));
      range = new VersionRange("[1.6,2)").toFilterString("version");
      assertEquals(
          List.of(),
          providers(node, packages, "filter", "(&(osgi.wiring.package=a.b)" + range + ")"));
      assertEquals(
          List.of("able on alpha"),
          providers(node, "x.y", "filter", "(x.y=1)", "effective", "active"));
      assertEquals(List.of(), providers(node, "x.y", "filter", "(x.y=1)"));
      assertEquals(List.of("able on alpha"), providers(node, "x.y", "filter", "(x.y=2)"));
      assertEquals(
          List.of("far on beta"),
          providers(node, "osgi.identity", "filter", "(osgi.identity=far)"));
      assertEquals(
          List.of("far on beta"),
          providers(node, "osgi.content", "filter", "(osgi.content=" + far.sha256() + ")"));
    }
    RegistryRecord told = group.all("resource").stream()
        .filter(each -> each.keys().contains("bsn:far"))
        .findFirst()
        .orElseThrow();
    assertTrue(
        told.keys().containsAll(Set.of("cap:" + packages + ":a.b", "sha256:" + far.sha256())));
    assertEquals("far", told.attributes().get("bsn"));
    assertEquals(new Version("1.2.0"), told.attributes().get("version"));
    assertEquals(
        List.of("(osgi.wiring.package=org.osgi.framework)"),
        Clause.in(told, Clause.REQUIREMENTS, packages).stream()
            .map(each -> each.directives().get("filter"))
            .toList());
    assertEquals(
        List.of(Map.of(), Map.of()),
        Clause.in(told, Clause.CAPABILITIES, packages).stream()
            .map(Clause::directives)
            .toList());

    far.start();
    await()
        .untilAsserted(() -> assertEquals(
            Bundle.ACTIVE,
            group.all("bundle").stream()
                .filter(each -> each.keys().contains("bsn:far"))
                .findFirst()
                .orElseThrow()
                .attributes()
                .get("state")));
    assertTrue(group.all("resource").contains(told), "its state changed, its capabilities did not");
    far.uninstall();
    await().untilAsserted(() -> assertEquals(2, virtualOnes().size()));
    assertEquals(List.of(), providers(beta, "osgi.identity", "filter", "(osgi.identity=far)"));
  }

  @Test
  void hostBundlesProvideToo() throws Exception {
    String identity = "(osgi.identity=plain)";
    Bundle plain = alpha
        .host
        .getBundleContext()
        .installBundle(jar("plain", "Export-Package", "p.q;version=1.5"));
    String found = "host " + plain.getBundleId() + " plain/1.2.0 on alpha";
    for (TestNode node : List.of(alpha, beta)) {
      await()
          .untilAsserted(() ->
              assertEquals(List.of(found), providers(node, "osgi.identity", "filter", identity)));
      assertEquals(
          List.of(found),
          providers(node, "osgi.wiring.package", "filter", "(osgi.wiring.package=p.q)"));
      assertEquals(
          2,
          ask(node, "osgi.wiring.package", "filter", "(osgi.wiring.package=org.osgi.framework)")
              .found()
              .size(),
          "both frameworks themselves");
    }
    try (InputStream fresh = Files.newInputStream(TestJar.write(
        folder, "plain", Map.of("Bundle-Version", "2.0", "Export-Package", "p.q;version=2"), 10))) {
      plain.update(fresh);
    }
    await()
        .untilAsserted(() -> assertEquals(
            List.of(found.replace("1.2.0", "2.0.0")),
            providers(
                beta, "osgi.wiring.package", "filter", "(&(osgi.wiring.package=p.q)(version=2))")));
    plain.uninstall();
    await()
        .untilAsserted(
            () -> assertEquals(List.of(), providers(beta, "osgi.identity", "filter", identity)));
    beta.shut();
    await()
        .untilAsserted(() -> assertTrue(group.all("resource").stream()
            .allMatch(each ->
                each.id().owner().equals(alpha.framework().localNode().info().id()))));
  }

  @Test
  void virtualBundlesAreNotToldAsHostBundles() throws Exception {
    VirtualBundle far =
        alpha.framework().install(jar("far", IMPORTS, 10), alpha.framework().node("beta"));
    await().untilAsserted(() -> assertEquals(1, virtualOnes().size()));
    // What the host told of the installation has passed the queue before the bundle's own record.
    assertEquals(
        List.of("far on beta"), providers(alpha, "osgi.identity", "filter", "(osgi.identity=far)"));
    far.uninstall();
  }

  @Test
  void repositoriesAreAskedAndMayFail() throws Exception {
    BundleContext context = alpha.host.getBundleContext();
    Repository good = repository(List.of(capability("osgi.identity", "inside", "3.1.0")), null);
    context.registerService(
        Repository.class, good, FrameworkUtil.asDictionary(Map.of(Repository.URL, "file:/r.xml")));
    assertEquals(
        List.of("inside/3.1.0 in file:/r.xml"),
        providers(alpha, "osgi.identity", "filter", "(osgi.identity=inside)"));
    assertEquals(List.of(), providers(beta, "osgi.identity", "filter", "(osgi.identity=inside)"));

    context.registerService(
        Repository.class, repository(List.of(), new IllegalStateException("index lost")), null);
    Providers found = ask(alpha, "osgi.identity", "filter", "(osgi.identity=inside)");
    assertEquals(1, found.found().size(), "the others' answers stay");
    assertTrue(found.partial());
  }

  @Test
  void repositoryThatHangsMakesThePartialAnswer() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Repository hanging = repository(requirements -> {
      await().until(() -> never.getCount() == 0);
      return Map.of();
    });
    alpha.host.getBundleContext().registerService(Repository.class, hanging, null);
    Providers found = ask(alpha, "osgi.identity", "filter", "(osgi.identity=inside)");
    assertEquals(List.of(), found.found());
    assertTrue(found.partial());
    never.countDown();
  }

  /** A repository with those capabilities, or one that fails. */
  private static Repository repository(List<Capability> offered, RuntimeException failure) {
    return repository(requirements -> {
      if (failure != null) {
        throw failure;
      }
      Map<Requirement, Collection<Capability>> found = new HashMap<>();
      for (Requirement each : requirements) {
        found.put(each, offered.stream().filter(it -> satisfies(it, each)).toList());
      }
      return found;
    });
  }

  private static Repository repository(
      Function<Collection<Requirement>, Map<Requirement, Collection<Capability>>> answers) {
    return (Repository) Proxy.newProxyInstance(
        Repository.class.getClassLoader(),
        new Class<?>[] {Repository.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "findProviders" -> answers.apply((Collection<Requirement>) arguments[0]);
          case "hashCode" -> System.identityHashCode(proxy);
          case "equals" -> proxy == arguments[0];
          default -> throw new UnsupportedOperationException(method.getName());
        });
  }

  private static boolean satisfies(Capability capability, Requirement requirement) {
    try {
      return capability.getNamespace().equals(requirement.getNamespace())
          && FrameworkUtil.createFilter(requirement.getDirectives().get("filter"))
              .matches(capability.getAttributes());
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Capability capability(String namespace, String name, String version) {
    Map<String, Object> attributes = Map.of(namespace, name, "version", new Version(version));
    return new Capability() {
      @Override
      public String getNamespace() {
        return namespace;
      }

      @Override
      public Map<String, String> getDirectives() {
        return Map.of();
      }

      @Override
      public Map<String, Object> getAttributes() {
        return attributes;
      }

      @Override
      public Resource getResource() {
        return resource(this);
      }
    };
  }

  private static Resource resource(Capability identity) {
    return new Resource() {
      @Override
      public List<Capability> getCapabilities(String namespace) {
        return List.of(identity);
      }

      @Override
      public List<Requirement> getRequirements(String namespace) {
        return List.of();
      }
    };
  }
}
