package org.fluidosgi.framework.internal.group;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;

/** Tells what becomes of bundles: of other nodes as bundle events made here, and what the host tells of this node's, in one order.
 * Invariant: the events of one bundle of another node are a path through the states of core 4.4.2, from what was told last to what its node describes: a
 * node tells states, not steps, so a step may be passed over but none comes out of order. Threads: changes come from any and only queue;
 * one thread tells, which ends when nothing happens for a while. Limit: one entry per bundle told of; changes that wait, see {@link #WAITING_MAX};
 * what is told of this node's bundles waits without one, as at the host. */
final class BundleEvents implements Registration {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private static final int IDLE_SECONDS = 10;

  /** Changes that wait for the listeners before those of one bundle become one. */
  static final int WAITING_MAX = 10_000;

  private final String node;
  private final ThreadPoolExecutor teller;
  private final Map<Bundle, BundleFacts> told = new IdentityHashMap<>();
  private final Consumer<BundleEvent> listeners;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int waitingMax = WAITING_MAX;
  private boolean telling;

  /** What became of a bundle of another node. */
  private final class Change implements Runnable {
    private final Bundle bundle;
    private final @Nullable BundleFacts now;

    Change(Bundle bundle, @Nullable BundleFacts now) {
      this.bundle = bundle;
      this.now = now;
    }

    @Override
    public void run() {
      tell(bundle, now);
    }
  }

  BundleEvents(String node, Consumer<BundleEvent> listeners) {
    this.node = node;
    this.listeners = listeners;
    teller = new ThreadPoolExecutor(
        1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
          Thread thread = new Thread(task, "fluid-framework-events-" + node);
          thread.setDaemon(true);
          return thread;
        });
    teller.allowCoreThreadTimeOut(true);
  }

  /** The bundle is so now; null when it is not, or not any more, a bundle of this group. */
  synchronized void changed(Bundle bundle, @Nullable BundleFacts now) {
    add(new Change(bundle, now));
    if (waiting.size() > waitingMax) {
      dropSteps();
    }
  }

  /** Runs it after what was to be told before. */
  synchronized void tell(Runnable telling) {
    add(telling);
  }

  private void add(Runnable next) {
    waiting.add(next);
    if (!telling) {
      try {
        teller.execute(this::tellAll);
        telling = true;
      } catch (RejectedExecutionException e) {
        LOG.log(Level.TRACE, "nobody is told of bundles any more", e);
        waiting.clear();
      }
    }
  }

  /** Of each bundle only the last change is told. */
  private void dropSteps() {
    Map<Bundle, Change> last = new IdentityHashMap<>();
    changes().forEach(change -> last.put(change.bundle, change));
    if (waitingMax == WAITING_MAX) { // once until they have kept up again
      LOG.log(
          Level.WARNING,
          "{0}: bundle listeners do not keep up, {1} changes wait: steps of one bundle are passed over",
          node,
          waiting.size());
    }
    waiting.removeIf(each -> each instanceof Change change && last.get(change.bundle) != change);
    waitingMax = Math.max(WAITING_MAX, 2 * waiting.size());
  }

  private Stream<Change> changes() {
    return waiting.stream().filter(Change.class::isInstance).map(Change.class::cast);
  }

  private void tellAll() {
    for (Runnable next = next(); next != null; next = next()) {
      try {
        next.run();
      } catch (RuntimeException | LinkageError e) {
        LOG.log(Level.WARNING, node + ": a bundle listener failed", e);
      }
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable next = waiting.poll();
    if (next == null) {
      telling = false;
      waitingMax = WAITING_MAX;
    }
    return next;
  }

  private void tell(Bundle bundle, @Nullable BundleFacts now) {
    BundleFacts before = now == null ? told.remove(bundle) : told.put(bundle, now);
    for (int type : path(before, now)) {
      try {
        listeners.accept(new BundleEvent(type, bundle));
      } catch (RuntimeException | LinkageError e) {
        LOG.log(Level.WARNING, node + ": event " + type + " of " + bundle + " was not told", e);
      }
    }
  }

  /** The events between two descriptions of a bundle. */
  static List<Integer> path(@Nullable BundleFacts before, @Nullable BundleFacts now) {
    List<Integer> path = new ArrayList<>();
    int state = before == null ? Bundle.UNINSTALLED : before.state();
    if (now == null || now.state() == Bundle.UNINSTALLED) {
      if (state != Bundle.UNINSTALLED) {
        state = down(state, Bundle.INSTALLED, path);
        path.add(BundleEvent.UNINSTALLED);
      }
      return path;
    }
    if (state == Bundle.UNINSTALLED) {
      path.add(BundleEvent.INSTALLED);
      state = Bundle.INSTALLED;
    } else if (before != null && before.modified() != now.modified()) {
      state = down(state, Bundle.INSTALLED, path);
      path.add(BundleEvent.UPDATED);
    }
    boolean sameRun = state == now.state()
        || state == Bundle.STARTING && now.state() == Bundle.ACTIVE
        || state == Bundle.STARTING && now.state() == Bundle.STOPPING
        || state == Bundle.ACTIVE && now.state() == Bundle.STOPPING;
    if (!sameRun) {
      state = down(state, Math.min(now.state(), Bundle.RESOLVED), path);
    }
    up(state, now.state(), path);
    return path;
  }

  /** Down to RESOLVED or INSTALLED. */
  private static int down(int from, int to, List<Integer> path) {
    if (from == Bundle.ACTIVE || from == Bundle.STARTING) {
      path.add(BundleEvent.STOPPING);
    }
    if (from > Bundle.RESOLVED) {
      path.add(BundleEvent.STOPPED);
    }
    if (from > Bundle.INSTALLED && to == Bundle.INSTALLED) {
      path.add(BundleEvent.UNRESOLVED);
    }
    return Math.min(from, to);
  }

  private static void up(int from, int to, List<Integer> path) {
    if (from == Bundle.INSTALLED && to > Bundle.INSTALLED) {
      path.add(BundleEvent.RESOLVED);
    }
    if (from < Bundle.STARTING && to > Bundle.RESOLVED) {
      path.add(BundleEvent.STARTING);
    }
    if (from != Bundle.ACTIVE && to == Bundle.ACTIVE) {
      path.add(BundleEvent.STARTED);
    }
    if (from != Bundle.STOPPING && to == Bundle.STOPPING) {
      path.add(BundleEvent.STOPPING);
    }
  }

  @Override
  public synchronized void close() {
    waiting.clear();
    teller.shutdownNow();
  }
}
