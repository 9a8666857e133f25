package org.fluidosgi.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.felix.framework.FrameworkFactory;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.View;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;

/** Our commands in a real Gogo session of a real framework, over a group that keeps books. */
abstract class GogoFixture {
  @TempDir
  Path storage;

  final FakeFramework virtual = new FakeFramework();
  final FakeStore store = new FakeStore();
  final org.apache.felix.gogo.runtime.activator.Activator gogo =
      new org.apache.felix.gogo.runtime.activator.Activator();
  final Activator activator = new Activator();
  final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  final OneView membership = new OneView();
  Framework framework;
  BundleContext context;
  ServiceRegistration<VirtualFramework> virtualService;
  ServiceRegistration<Membership> membershipService;
  ServiceRegistration<RegistryStore> storeService;
  CommandSession session;

  @BeforeEach
  void start() throws Exception {
    framework = new FrameworkFactory()
        .newFramework(
            Map.of("org.osgi.framework.storage", storage.toString(), "felix.log.level", "1"));
    framework.start();
    context = framework.getBundleContext();
    virtual.system = context;
    gogo.start(context);
    activator.start(context);
    virtualService = context.registerService(VirtualFramework.class, virtual, null);
    membershipService = context.registerService(Membership.class, membership, null);
    storeService = context.registerService(RegistryStore.class, store, null);
    CommandProcessor processor =
        context.getService(context.getServiceReference(CommandProcessor.class));
    session = processor.createSession(new ByteArrayInputStream(new byte[0]), printed, printed);
  }

  @AfterEach
  void stop() throws Exception {
    session.close();
    activator.stop(context);
    gogo.stop(context);
    framework.stop();
    framework.waitForStop(10_000);
  }

  String run(String command) throws Exception {
    Object result = session.execute(command);
    return session.format(result, Converter.INSPECT).toString();
  }

  /** What a shell prints of a command that fails. */
  String failure(String command) {
    CommandException failure =
        assertThrows(CommandException.class, () -> session.execute(command), command);
    assertEquals(0, failure.getStackTrace().length);
    return failure.getMessage();
  }

  /** The lines, and in place of the view's age a sign. */
  List<String> lines(String command) throws Exception {
    return run(command).replaceAll("[0-9]+\\.[0-9] s old", "AGE").lines().toList();
  }

  /** View 17 of this node and one that has no virtual framework, came by a merge and is silent. */
  static final class OneView implements Membership {
    final List<Listener> listeners = new CopyOnWriteArrayList<>();

    private static final NodeId OTHER = new NodeId(new UUID(0, 9));

    @Override
    public View view() {
      return new View(17, List.of(FakeStore.ALPHA, OTHER), Set.of(OTHER));
    }

    @Override
    public Set<NodeId> suspected() {
      return Set.of(OTHER);
    }

    @Override
    public Registration listen(Listener listener) {
      listeners.add(listener);
      listener.onView(view());
      listener.onSuspected(suspected());
      return () -> listeners.remove(listener);
    }
  }
}
