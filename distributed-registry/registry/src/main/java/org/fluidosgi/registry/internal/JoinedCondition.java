package org.fluidosgi.registry.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Hashtable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.View;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

/** The condition {@code fluid.joined}: there once this node has found its group, or found that it is alone; also in frameworks without conditions.
 * Threads: registering calls foreign listeners, so it happens on the thread fluid-registry-announce, which owns the state. */
final class JoinedCondition implements AutoCloseable {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  /** Value of {@code osgi.condition.id}. */
  static final String ID = "fluid.joined";

  /** Property that says whether this node is its whole group. */
  static final String ALONE = "fluid.alone";

  private static final int STOP_SECONDS_MAX = 5;

  private final String node;
  private final BundleContext context;
  private final Membership membership;
  private final ExecutorService thread;
  private final Registration listening;
  private final Env.Cancellable timer;
  private @Nullable ServiceRegistration<?> registration;
  private boolean alone = true;

  /** Shape: {@code wait} is how long a peer or an engine's word is waited for, empty for not at all. */
  JoinedCondition(
      String node, BundleContext context, Membership membership, Env env, Duration wait) {
    this.node = node;
    this.context = context;
    thread = Executors.newSingleThreadExecutor(run -> {
      Thread made = new Thread(run, "fluid-registry-announce");
      made.setDaemon(true);
      return made;
    });
    this.membership = membership;
    timer = env.schedule(wait, this::decided);
    listening = membership.listen(new Membership.Listener() {
      @Override
      public void onView(View view) {
        boolean nobody = view.members().size() == 1;
        later(() -> announce(nobody, !nobody));
      }
    });
  }

  /** The group is what the view says, even if this node is alone. */
  void decided() {
    later(() -> announce(membership.view().members().size() == 1, true));
  }

  private void later(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, node + ": the condition is not announced, this node is stopping");
    }
  }

  private void announce(boolean nobody, boolean register) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put("osgi.condition.id", ID);
    properties.put(ALONE, nobody);
    try {
      if (registration != null) {
        if (nobody != alone) {
          registration.setProperties(properties);
        }
      } else if (register) {
        registration = context.registerService(Condition.class, Condition.INSTANCE, properties);
        LOG.log(
            Level.INFO,
            node
                + (nobody
                    ? ": goes on alone, condition " + ID + " is there"
                    : ": joined its group, condition " + ID + " is there"));
      }
      alone = nobody;
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, node + ": the condition cannot be registered, the bundle stops", e);
    }
  }

  @Override
  public void close() {
    timer.cancel();
    listening.close();
    later(() -> {
      if (registration != null) {
        try {
          registration.unregister();
        } catch (IllegalStateException e) {
          LOG.log(Level.DEBUG, node + ": the condition was already unregistered", e);
        }
      }
    });
    thread.shutdown();
    try {
      if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
