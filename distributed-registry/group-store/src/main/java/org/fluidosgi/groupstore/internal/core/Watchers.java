package org.fluidosgi.groupstore.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.GroupStore.Watcher;
import org.fluidosgi.groupstore.Versioned;

/** Those who watch entries of one store, each by a prefix of keys.
 * Invariant: a watcher is told first what is there, then each change, in order. Threads: the owner thread adds and tells; watchers
 * are called on the watch thread; closing comes from any. */
final class Watchers {
  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  private final String node;
  private final Executor watchThread;
  private final List<Watch> watches = new CopyOnWriteArrayList<>();

  private static final class Watch {
    final String prefix;
    final Watcher watcher;
    volatile boolean closed;

    Watch(String prefix, Watcher watcher) {
      this.prefix = prefix;
      this.watcher = watcher;
    }
  }

  Watchers(String node, Executor watchThread) {
    this.node = node;
    this.watchThread = watchThread;
  }

  /** Adds a watcher, which begins with these entries; {@code onOwner} runs what it is given on the owner thread, soon. */
  Registration add(
      String prefix, Watcher watcher, NavigableMap<String, Versioned> entries, Executor onOwner) {
    Watch watch = new Watch(prefix, watcher);
    onOwner.execute(() -> {
      if (!watch.closed) {
        entries.tailMap(prefix, true).entrySet().stream()
            .takeWhile(each -> each.getKey().startsWith(prefix))
            .forEach(each -> tell(watch, each.getKey(), each.getValue()));
        watches.add(watch);
      }
    });
    return () -> {
      watch.closed = true;
      watches.remove(watch);
    };
  }

  /** The key has this entry now. */
  void tell(String key, Versioned now) {
    for (Watch watch : watches) {
      if (key.startsWith(watch.prefix)) {
        tell(watch, key, now);
      }
    }
  }

  private void tell(Watch watch, String key, Versioned now) {
    if (watch.closed) {
      watches.remove(watch);
      return;
    }
    watchThread.execute(() -> {
      if (!watch.closed) {
        try {
          watch.watcher.changed(key, now);
        } catch (RuntimeException | LinkageError e) {
          LOG.log(Level.WARNING, node + ": a watcher of '" + watch.prefix + "' failed", e);
        }
      }
    });
  }

  /** Tells nobody any more. */
  void close() {
    watches.forEach(each -> each.closed = true);
    watches.clear();
  }
}
