package org.fluidosgi.registry.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.internal.core.IndexKeys;
import org.fluidosgi.registry.internal.core.ReplicaStore;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** The registry of one local node, from the node's appearance to its end. Threads: opened and closed by the tracker. */
final class RegistryNode implements Registration {
  /** Milliseconds between two digests of this node's records. */
  static final String DIGEST_MILLIS = "fluid.registry.digest.millis";

  /** Milliseconds that a node with something to join waits for a peer before it goes on alone. */
  static final String JOIN_WAIT_MILLIS = "fluid.join.wait.millis";

  /** Attributes that records are indexed by beside those that always are, parted by commas. */
  static final String INDEX = "fluid.registry.index";

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Opens everything. Errors: IllegalArgumentException when a setting is wrong. */
  RegistryNode(BundleContext context, LocalNode local) {
    Settings settings = local.settings();
    Duration digest = settings.millis(DIGEST_MILLIS, 5_000, 100, 600_000);
    Duration wait = settings.millis(JOIN_WAIT_MILLIS, 10_000, 0, 600_000);
    if (settings.text("fluid.join").isEmpty()) {
      wait = Duration.ZERO;
    }
    NodeInfo info = local.info();
    ReplicaStore store = new ReplicaStore(
        info.name(),
        info.id(),
        info.incarnation(),
        local.env(),
        new OsgiFilters(),
        indexed(settings),
        digest);
    opened.push(store::close);
    EngineSwitch engines = new EngineSwitch(info.name(), info.id(), store);
    opened.push(engines);
    engines.open();
    register(context.registerService(Membership.class, store.membership(), null));
    register(context.registerService(RegistryStore.class, store, null));
    EngineTracker tracker = new EngineTracker(context, engines);
    opened.push(tracker::close);
    JoinedCondition condition =
        new JoinedCondition(info.name(), context, store.membership(), local.env(), wait);
    opened.push(condition);
    engines.listen(new EngineSwitch.Listener() {
      @Override
      public void started() {
        local.env().execute(condition::decided); // behind the first view
      }

      @Override
      public @Nullable ClusterEngine renewed(ClusterEngine failed) {
        return tracker.renewed(failed);
      }
    });
    tracker.open();
  }

  private static IndexKeys indexed(Settings settings) {
    String names = settings.text(INDEX, "");
    try {
      return new IndexKeys(
          names.isEmpty()
              ? List.of()
              : Stream.of(names.split(",")).map(String::trim).toList());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(INDEX + "=" + names + ": " + e.getMessage(), e);
    }
  }

  private void register(ServiceRegistration<?> registration) {
    opened.push(() -> {
      try {
        registration.unregister();
      } catch (IllegalStateException e) {
        // The framework did it when the bundle stopped.
        System.getLogger("org.fluidosgi.registry")
            .log(System.Logger.Level.DEBUG, "already unregistered", e);
      }
    });
  }

  /** Undoes it in reverse order. */
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        System.getLogger("org.fluidosgi.registry")
            .log(System.Logger.Level.WARNING, "closing a part of the registry failed", e);
      }
    }
  }
}
