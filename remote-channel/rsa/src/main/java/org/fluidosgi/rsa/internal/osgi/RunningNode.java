package org.fluidosgi.rsa.internal.osgi;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.rsa.FluidChannel;
import org.fluidosgi.rsa.connect.RemoteConnector;
import org.fluidosgi.rsa.internal.call.CallExecutor;
import org.fluidosgi.rsa.internal.call.Caller;
import org.fluidosgi.rsa.internal.call.Dispatcher;
import org.fluidosgi.rsa.internal.call.LoopGuard;
import org.fluidosgi.rsa.internal.call.RemoteInvocation;
import org.fluidosgi.rsa.internal.call.RemoteTarget;
import org.fluidosgi.rsa.internal.call.ResultExecutor;
import org.fluidosgi.rsa.internal.call.Routes;
import org.fluidosgi.rsa.internal.connect.Connector;
import org.fluidosgi.rsa.internal.connect.Lanes;
import org.fluidosgi.rsa.internal.hooks.LocalFirst;
import org.fluidosgi.rsa.internal.hooks.VersionHooks;
import org.fluidosgi.rsa.internal.kryo.KryoCodecFactory;
import org.fluidosgi.rsa.internal.lease.LeaseServer;
import org.fluidosgi.rsa.internal.lease.LeaseWire;
import org.fluidosgi.rsa.internal.proxy.FactoryLoader;
import org.fluidosgi.rsa.spi.CallRouter;
import org.fluidosgi.rsa.spi.CodecFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.remoteserviceadmin.RemoteConstants;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdmin;
import org.osgi.util.tracker.ServiceTracker;

/** Everything that runs while the node's channel is there; closing is the reverse of opening. Threads: the framework's. */
final class RunningNode implements Registration {
  static final String TIMEOUT = "fluid.rsa.timeout";
  static final String THREADS = "fluid.rsa.threads";
  static final String QUEUE = "fluid.rsa.queue";
  static final String ALLOW = "fluid.rsa.allow";
  static final String LEASE = "fluid.rsa.lease.millis";

  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int THREADS_DEFAULT = 256;
  private static final int THREADS_MAX = 4_096;
  private static final int QUEUE_DEFAULT = 1_024;
  private static final int QUEUE_MAX = 65_536;
  private static final int LEASE_MILLIS = 30_000;

  /** Longest wait for services that still run when our bundle stops. */
  private static final int END_MILLIS = 2_000;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");

  private final Deque<Runnable> undo = new ArrayDeque<>();
  private volatile @Nullable Provider provider;
  private volatile @Nullable LeaseServer leases;

  RunningNode(BundleContext context, LocalNode node, ChannelMultiplexer channels) {
    try {
      open(context, node, channels);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void open(BundleContext context, LocalNode node, ChannelMultiplexer channels) {
    Settings settings = node.settings();
    long timeoutMillis =
        settings.number(TIMEOUT, TIMEOUT_MILLIS, 1, (int) RemoteTarget.TIMEOUT_MILLIS_MAX);
    int threads = settings.number(THREADS, THREADS_DEFAULT, 1, THREADS_MAX);
    ResultExecutor results = new ResultExecutor(threads);
    undo.push(() -> end(results, node));
    CallExecutor executor =
        new CallExecutor(threads, settings.number(QUEUE, QUEUE_DEFAULT, 1, QUEUE_MAX));
    undo.push(() -> end(executor, node));
    EventAdminBridge eventAdmin = new EventAdminBridge(context);
    undo.push(eventAdmin::close);
    Events events = new Events(context, eventAdmin);
    undo.push(events::close);
    ServiceTracker<CallRouter, CallRouter> routers =
        new ServiceTracker<>(context, CallRouter.class, null);
    routers.open();
    undo.push(routers::close);

    LoopGuard guard = new LoopGuard();
    Dispatcher dispatcher = new Dispatcher(executor, guard, node.env());
    CodecFactory codec = new KryoCodecFactory();
    Provider made = new Provider(
        new Provider.Parts(
            context,
            node,
            dispatcher,
            Map.of(codec.name(), codec),
            codec,
            new CodecSpaces(names(settings)),
            new FactoryLoader(context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)),
            events,
            id -> {
              LeaseServer server = leases;
              if (server != null) {
                server.changed(id);
              }
            }),
        self ->
            new Caller(node, channels, dispatcher, new Routes(routers::getService, self::targets)),
        caller -> {
          undo.push(caller::close);
          return new RemoteInvocation.Context(caller, node.env(), results, guard, timeoutMillis);
        });
    provider = made;

    undo.push(channels.serve(Caller.ENDPOINT, dispatcher)::close);
    LeaseServer server = new LeaseServer(
        made.exports(),
        node.env(),
        node.info().name(),
        settings.number(
            LEASE, LEASE_MILLIS, LeaseWire.LEASE_MILLIS_MIN, LeaseWire.LEASE_MILLIS_MAX));
    leases = server;
    undo.push(channels.serve(LeaseWire.ENDPOINT, server)::close);
    context.addServiceListener(made.exports());
    undo.push(() -> context.removeServiceListener(made.exports()));
    pushRegistration(VersionHooks.register(context));
    if (settings.flag(FluidChannel.PREFER_LOCAL, true)) {
      LocalFirst localFirst = new LocalFirst(context, made.imports()::show);
      context.addServiceListener(localFirst);
      undo.push(() -> context.removeServiceListener(localFirst));
      pushRegistration(localFirst.register());
    }

    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put(
        RemoteConstants.REMOTE_CONFIGS_SUPPORTED, new String[] {FluidChannel.CONFIG_TYPE});
    properties.put(
        RemoteConstants.REMOTE_INTENTS_SUPPORTED, ExportProperties.INTENTS.toArray(String[]::new));
    pushRegistration(
        context.registerService(RemoteServiceAdmin.class, new AdminFactory(made), properties));
    Lanes lanes = new Lanes();
    undo.push(() -> end(lanes, node));
    pushRegistration(context.registerService(
        RemoteConnector.class,
        new Connector(new Connector.Parts(
            context, node.env(), channels, made.spaces(), codec, made.invocations(), lanes)),
        null));
    LOG.log(
        Level.INFO,
        "{0}: remote services of type {1} are ready",
        node.info().name(),
        FluidChannel.CONFIG_TYPE);
  }

  private void pushRegistration(ServiceRegistration<?> registration) {
    undo.push(() -> {
      try {
        registration.unregister();
      } catch (IllegalStateException e) {
        LOG.log(Level.DEBUG, "the framework was faster to unregister {0}", registration);
      }
    });
  }

  private static List<String> names(Settings settings) {
    return settings
        .text(ALLOW)
        .map(text -> List.of(text.split(",")).stream()
            .map(String::trim)
            .filter(name -> !name.isEmpty())
            .toList())
        .orElse(List.of());
  }

  private static void end(CallExecutor executor, LocalNode node) {
    executor.close();
    if (!executor.awaitEnd(END_MILLIS)) {
      LOG.log(
          Level.WARNING,
          node.info().name() + ": a called service ignores its interrupt and keeps its thread");
    }
  }

  private static void end(ResultExecutor results, LocalNode node) {
    results.close();
    if (!results.awaitEnd(END_MILLIS)) {
      LOG.log(
          Level.WARNING,
          node.info().name()
              + ": what depends on a remote result ignores its interrupt and keeps its thread");
    }
  }

  private static void end(Lanes lanes, LocalNode node) {
    lanes.close();
    if (!lanes.awaitEnd(END_MILLIS)) {
      LOG.log(
          Level.WARNING,
          node.info().name()
              + ": a listener to references ignores its interrupt and keeps its thread");
    }
  }

  /** Ends every registration, with events, then the rest. */
  @Override
  public void close() {
    Provider ending = provider;
    while (!undo.isEmpty()) {
      undo.pop().run();
    }
    provider = null;
    if (ending != null) {
      LOG.log(Level.INFO, "{0}: remote services ended", ending.nodeName());
    }
  }
}
