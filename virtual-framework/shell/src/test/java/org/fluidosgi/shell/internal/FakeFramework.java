package org.fluidosgi.shell.internal;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.framework.Providers;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.VirtualService;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.resource.Requirement;

/** A group of two nodes that keeps books. */
final class FakeFramework implements VirtualFramework {
  final VirtualNode alpha = node(1, "alpha", VirtualNode.State.UP, true, 12);
  final VirtualNode beta = node(3, "beta", VirtualNode.State.SUSPECT, false, 7);
  final List<VirtualNode> nodes = new ArrayList<>(List.of(alpha, beta));
  final List<VirtualBundle> bundles = new ArrayList<>();
  final List<VirtualService> services = new ArrayList<>();
  final List<Providers.Provider> providers = new ArrayList<>();
  boolean partial;
  String asked;
  BundleContext system;

  static VirtualNode node(
      int ordinal, String name, VirtualNode.State state, boolean local, int bundles) {
    NodeInfo info = new NodeInfo(
        new NodeId(new UUID(0, ordinal)),
        new Incarnation(new UUID(1, ordinal), 1),
        name,
        new NodeAddress("127.0.0.1", 9277 + ordinal));
    return new VirtualNode(
        ordinal,
        info,
        state,
        local,
        bundles,
        local
            ? Map.of(
                "framework.name",
                "org.eclipse.osgi",
                "framework.version",
                "3.24.300.v20260101-1200",
                "java.version",
                "17.0.15")
            : Map.of("framework.name", "a.framework", "framework.version", "7.0.5"));
  }

  VirtualBundle add(VirtualId id, VirtualNode node, String name, String version) {
    int[] state = {Bundle.INSTALLED};
    VirtualBundle bundle = (VirtualBundle) Proxy.newProxyInstance(
        VirtualBundle.class.getClassLoader(),
        new Class<?>[] {VirtualBundle.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "id" -> id;
          case "node" -> node;
          case "getSymbolicName" -> name;
          case "getVersion" -> Version.parseVersion(version);
          case "getState" -> state[0];
          case "getLocation" -> "file:/" + name + ".jar";
          case "sha256" -> "ab".repeat(32);
          case "getLastModified" -> 1_700_000_000_123L;
          case "getRegisteredServices" ->
            new ServiceReference<?>[] {reference(new VirtualId(3, 40))};
          case "getServicesInUse" -> null;
          case "update" -> {
            state[0] = Bundle.RESOLVED;
            yield null;
          }
          case "start" -> {
            if (name.equals("broken")) {
              throw new BundleException(
                  "broken on n3 does not resolve, missing package a.b\n\tat some.Trace");
            }
            state[0] = Bundle.ACTIVE;
            yield null;
          }
          case "stop" -> {
            state[0] = Bundle.RESOLVED;
            yield null;
          }
          case "uninstall" -> {
            bundles.remove(proxy);
            state[0] = Bundle.UNINSTALLED;
            yield null;
          }
          case "equals" -> proxy == arguments[0];
          case "hashCode" -> System.identityHashCode(proxy);
          default -> throw new UnsupportedOperationException(method.getName());
        });
    bundles.add(bundle);
    return bundle;
  }

  private static ServiceReference<?> reference(VirtualId id) {
    return (ServiceReference<?>) Proxy.newProxyInstance(
        ServiceReference.class.getClassLoader(),
        new Class<?>[] {ServiceReference.class},
        (proxy, method, arguments) -> "service.id".equals(arguments[0])
            ? (Object) id.toLong()
            : new String[] {"a.b.Trends", "a.b.More"});
  }

  @Override
  public List<VirtualNode> nodes() {
    return nodes;
  }

  @Override
  public VirtualNode localNode() {
    return alpha;
  }

  @Override
  public VirtualNode node(String nameOrId) {
    return nodes.stream()
        .filter(node -> nameOrId.equals("n" + node.ordinal()) || nameOrId.equals(node.name()))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no node '" + nameOrId + "', there are n1, n3"));
  }

  @Override
  public List<VirtualBundle> bundles() {
    return bundles;
  }

  @Override
  public Optional<VirtualBundle> bundle(long id) {
    return bundles.stream().filter(bundle -> bundle.id().toLong() == id).findFirst();
  }

  @Override
  public VirtualBundle bundle(String idOrName) {
    return bundles.stream()
        .filter(bundle -> idOrName.equals(bundle.id().toString())
            || idOrName.equals(bundle.getSymbolicName())
            || idOrName.equals(bundle.getSymbolicName() + "/" + bundle.getVersion()))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no bundle '" + idOrName + "'"));
  }

  @Override
  public List<VirtualService> services() {
    return services;
  }

  @Override
  public BundleContext systemContext() {
    return Objects.requireNonNull(system, "no context yet");
  }

  @Override
  public CompletionStage<Providers> findProviders(Requirement requirement) {
    String filter = requirement.getDirectives().get("filter");
    if (filter != null && !filter.endsWith(")")) {
      throw new IllegalArgumentException("filter " + filter + " is wrong at character 3: why");
    }
    asked = requirement.getNamespace() + " " + filter;
    return CompletableFuture.completedFuture(new Providers(providers, partial));
  }

  @Override
  public VirtualBundle install(String location, VirtualNode node) throws BundleException {
    if (!location.startsWith("file:")) {
      throw new BundleException("cannot read '" + location + "', write a URL");
    }
    return add(new VirtualId(1, 9), node, "installed", "2.0.0");
  }

  @Override
  public VirtualBundle place(String location, String filter) throws BundleException {
    asked = "place on " + filter;
    return install(location, beta);
  }
}
