package org.fluidosgi.framework.internal.group;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Registration;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Filter;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Runs a task once, when the node has joined its group: at the Condition {@code fluid.joined}, at the latest after {@link #WAIT}. Threads: runs the task on the thread that brings the condition, which only queues it. */
final class Autostart implements Registration {
  /** Longest wait for the condition: longer than the registry waits for a first peer. */
  static final Duration WAIT = Duration.ofSeconds(15);

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private final AtomicBoolean done = new AtomicBoolean();
  private final Runnable task;
  private final ServiceTracker<Object, Object> tracker;
  private final Env.Cancellable latest;

  Autostart(BundleContext context, Env env, Runnable task) {
    this.task = task;
    this.tracker = new ServiceTracker<>(context, joined(context), null) {
      @Override
      public @Nullable Object addingService(ServiceReference<Object> reference) {
        run("joined");
        return null; // nothing of it is needed
      }
    };
    this.latest = env.schedule(WAIT, () -> run("no Condition fluid.joined came"));
    tracker.open();
  }

  private static Filter joined(BundleContext context) {
    try {
      return context.createFilter(
          "(&(objectClass=org.osgi.service.condition.Condition)(osgi.condition.id=fluid.joined))");
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void run(String why) {
    if (done.compareAndSet(false, true)) {
      LOG.log(Level.DEBUG, "starting virtual bundles: {0}", why);
      task.run();
    }
  }

  @Override
  public void close() {
    done.set(true);
    latest.cancel();
    tracker.close();
  }
}
