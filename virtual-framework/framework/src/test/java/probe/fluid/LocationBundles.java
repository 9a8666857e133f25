package probe.fluid;

import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.HostBundles;
import org.fluidosgi.framework.internal.LocalControl;
import org.fluidosgi.framework.internal.VirtualContexts;
import org.fluidosgi.topology.spi.Region;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** A group of one node, whose virtual bundles are the host bundles with a location {@code virtual:*}; ids are {@code n1:<host id>}. */
final class LocationBundles implements HostBundles {
  private final BundleContext system;
  private final Map<Bundle, VirtualBundle> virtual = new ConcurrentHashMap<>();
  private volatile VirtualContexts contexts;

  LocationBundles(BundleContext own) {
    system = own.getBundle(0).getBundleContext();
  }

  void contexts(VirtualContexts given) {
    contexts = given;
  }

  @Override
  public VirtualBundle virtualOf(Bundle host) {
    return isVirtual(host) && host.getState() != Bundle.UNINSTALLED
        ? virtual.computeIfAbsent(host, key -> contexts.wrap(key, new Control(key)))
        : null;
  }

  @Override
  public boolean isVirtual(Bundle host) {
    return host.getLocation().startsWith("virtual:");
  }

  @Override
  public VirtualBundle copied(Bundle host) {
    return null;
  }

  @Override
  public boolean isInDoubt(Bundle host) {
    return false;
  }

  @Override
  public void tellInOrder(Runnable telling) {
    telling.run();
  }

  @Override
  public List<VirtualBundle> all() {
    return Arrays.stream(system.getBundles())
        .map(this::virtualOf)
        .filter(Objects::nonNull)
        .toList();
  }

  /** Every id of n2 is that of a bundle of another node. */
  @Override
  public VirtualBundle byId(long id) {
    if (id >> 32 == 2) {
      return (VirtualBundle) Proxy.newProxyInstance(
          getClass().getClassLoader(),
          new Class<?>[] {VirtualBundle.class},
          (proxy, method, arguments) -> method.getName().equals("getBundleId") ? id : "n2");
    }
    return all().stream()
        .filter(bundle -> bundle.getBundleId() == id)
        .findFirst()
        .orElse(null);
  }

  @Override
  public VirtualBundle byLocation(String location, Region region) {
    return all().stream()
        .filter(b -> b.getLocation().equals(location))
        .findFirst()
        .orElse(null);
  }

  @Override
  public VirtualBundle install(String location, InputStream content) throws BundleException {
    VirtualBundle installed = virtualOf(system.installBundle(location, content));
    contexts.installed(installed);
    return installed;
  }

  @Override
  public VirtualBundle install(String location, InputStream content, VirtualNode node)
      throws BundleException {
    return install(location, content);
  }

  @Override
  public VirtualBundle place(String location, InputStream content, String filter)
      throws BundleException {
    return install(location, content);
  }

  @Override
  public Region region() {
    return Region.NONE;
  }

  @Override
  public List<VirtualBundle> usersElsewhere(long serviceId) {
    return List.of();
  }

  @Override
  public int ordinal() {
    return 1;
  }

  @Override
  public VirtualFramework framework() {
    return (VirtualFramework) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {VirtualFramework.class},
        (proxy, method, arguments) -> "the framework");
  }

  private record Control(Bundle host) implements LocalControl {
    @Override
    public VirtualId id() {
      return new VirtualId(1, host.getBundleId());
    }

    @Override
    public VirtualNode node() {
      throw new UnsupportedOperationException("not asked for by contexts");
    }

    @Override
    public String sha256() {
      return "0".repeat(64);
    }

    @Override
    public boolean isPersistentlyStarted() {
      return false;
    }

    @Override
    public boolean isActivationPolicyUsed() {
      return false;
    }

    @Override
    public void start(int options) throws BundleException {
      host.start(options | Bundle.START_TRANSIENT);
    }

    @Override
    public void stop(int options) throws BundleException {
      host.stop(options);
    }

    @Override
    public void update(InputStream content) throws BundleException {
      host.update(content);
    }

    @Override
    public void uninstall() throws BundleException {
      host.uninstall();
    }
  }
}
