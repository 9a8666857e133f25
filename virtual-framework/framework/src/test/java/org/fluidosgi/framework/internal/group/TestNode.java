package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.channel.StandaloneNode;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualBundleContext;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.internal.ContextElsewhere;
import org.fluidosgi.framework.internal.HostBundles;
import org.fluidosgi.framework.internal.LocalControl;
import org.fluidosgi.framework.internal.VirtualContexts;
import org.fluidosgi.framework.internal.context.HostView;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryStore;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;
import org.osgi.service.condition.Condition;

/** A node of the virtual framework in this process: a real channel, a real Felix, a faked registry; no weaving. */
final class TestNode implements AutoCloseable {
  final StandaloneNode channel;
  final Framework host;
  private FakeGroup group;
  private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
  /** What became of bundles of other nodes. */
  final List<BundleEvent> events = new CopyOnWriteArrayList<>();

  private NodeSession session;
  private Contexts contexts;
  private FakeGroup.Member member;

  TestNode(FakeGroup group, Path folder, String name, Map<String, String> more) throws Exception {
    this.group = group;
    Map<String, String> settings = new HashMap<>(more);
    settings.put("fluid.data.dir", folder.resolve(name).toString());
    settings.put("fluid.token.file", folder.resolve("group.token").toString());
    settings.put("fluid.port", "0");
    settings.put("fluid.name", name);
    channel = StandaloneNode.open(new Settings(settings::get));
    host = new FrameworkFactory()
        .newFramework(Map.of(
            "org.osgi.framework.storage",
            folder.resolve(name + "-felix").toString(),
            "felix.log.level",
            "0"));
    host.start();
    open();
  }

  /** Starts it in another group. */
  void open(FakeGroup another) throws IOException {
    group = another;
    open();
  }

  /** Starts the virtual framework of the node. */
  void open() throws IOException {
    LocalNode local = channel.localNode();
    member = group.join(local);
    BundleContext context = host.getBundleContext();
    registrations.add(
        context.registerService(ChannelMultiplexer.class, channel.multiplexer(), null));
    registrations.add(context.registerService(GroupStore.class, group.store, null));
    registrations.add(context.registerService(RegistryStore.class, member, null));
    registrations.add(context.registerService(Membership.class, member, null));
    registrations.add(context.registerService(
        Condition.class,
        Condition.INSTANCE,
        FrameworkUtil.asDictionary(Map.of(Condition.CONDITION_ID, "fluid.joined"))));
    session = NodeSession.open(context, local, Contexts::new);
  }

  /** Ends it; the group sees the node leave. */
  void shut() {
    session.close();
    registrations.forEach(ServiceRegistration::unregister);
    registrations.clear();
    group.leave(member);
  }

  VirtualFramework framework() {
    BundleContext context = host.getBundleContext();
    return context.getService(context.getServiceReference(VirtualFramework.class));
  }

  /** The virtual system bundle's context. */
  BundleContext context() {
    Bundle system = contexts.view.bundle(host);
    return system.getBundleContext();
  }

  /** Loses the copies of content that this node has. */
  void forgetContent() throws IOException {
    try (Stream<Path> files = Files.list(channel.localNode().dataDirectory().resolve("content"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Makes the two know each other's address. */
  void connect(TestNode other) throws Exception {
    channel.multiplexer().connect(other.channel.localNode().info().address()).get();
  }

  @Override
  public void close() throws BundleException, InterruptedException {
    if (!registrations.isEmpty()) {
      shut();
    }
    host.stop();
    host.waitForStop(10_000);
    channel.close();
  }

  /** Wrappers without hooks. */
  private final class Contexts implements VirtualContexts, Registration {
    private final BundleContext own;
    private final HostView view;

    Contexts(BundleContext own, HostBundles bundles) {
      this.own = own;
      view = new HostView(bundles);
      contexts = this;
    }

    @Override
    public VirtualBundle wrap(Bundle host, LocalControl control) {
      return view.wrap(host, control);
    }

    @Override
    public VirtualBundleContext contextOf(Bundle host) {
      throw new IllegalStateException("no contexts here");
    }

    @Override
    public ContextElsewhere contextOf(VirtualBundle elsewhere) {
      return view.contextOf(elsewhere, host);
    }

    @Override
    public List<VirtualBundle> users(long serviceId) {
      return view.users(serviceId, own);
    }

    @Override
    public BundleContext systemContext() {
      return Objects.requireNonNull(
          view.bundle(own.getBundle(0)).getBundleContext(), "no context of the host");
    }

    @Override
    public ServiceReference<?>[] services(String filter) {
      return view.services(filter, own);
    }

    @Override
    public void installed(VirtualBundle bundle) {
      view.installed(bundle);
    }

    @Override
    public void tell(BundleEvent event) {
      events.add(event);
      view.groupListeners().tell(event);
    }

    @Override
    public void close() {}
  }
}
