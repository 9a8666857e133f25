package org.fluidosgi.groupstore.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.GroupStore.Watcher;
import org.fluidosgi.groupstore.Versioned;
import org.jspecify.annotations.Nullable;

/** This node's copy of the decided entries, and those who watch it.
 * Invariant: a watcher has been told, in order, all that the copy went through since it came. Threads: the owner thread changes
 * it and adds watchers; reads come from any; watchers are called on the watch thread. */
public final class Watches {
  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  private final String node;
  private final Executor watchThread;
  private final ConcurrentSkipListMap<String, Versioned> copy = new ConcurrentSkipListMap<>();
  private final List<Watch> watches = new CopyOnWriteArrayList<>();
  private @Nullable UUID group;
  private long upTo;

  private static final class Watch {
    final String prefix;
    final Watcher watcher;
    volatile boolean closed;

    Watch(String prefix, Watcher watcher) {
      this.prefix = prefix;
      this.watcher = watcher;
    }
  }

  public Watches(String node, Executor watchThread) {
    this.node = node;
    this.watchThread = watchThread;
  }

  /** The entry as this node knows it. */
  public Versioned get(String key) {
    return copy.getOrDefault(key, new Versioned(0, null));
  }

  /** The group whose entries these are. */
  public Optional<UUID> group() {
    return Optional.ofNullable(group);
  }

  /** The version up to which the copy tells everything. */
  public long upTo() {
    return upTo;
  }

  /** That group decided this; what is known already, and what another group decides, is passed over. */
  public void apply(UUID of, LogEntry entry) {
    if (!of.equals(group) || entry.version() <= upTo) {
      return;
    }
    upTo = entry.version();
    set(entry.key(), new Versioned(entry.value() == null ? 0 : entry.version(), entry.value()));
  }

  /** Everything up to that version has been told. */
  public void advance(UUID of, long version) {
    if (of.equals(group)) {
      upTo = Math.max(upTo, version);
    }
  }

  private void set(String key, Versioned now) {
    if (Keys.isOwn(key)) {
      return;
    }
    if (now.value() == null) {
      copy.remove(key);
    } else {
      copy.put(key, now);
    }
    for (Watch watch : watches) {
      if (key.startsWith(watch.prefix)) {
        tell(watch, key, now);
      }
    }
  }

  /** These are all entries of that group up to that version; differences are told. Passed over if more is known already. */
  public void reset(UUID of, Map<String, Versioned> all, long version) {
    if (of.equals(group) && version <= upTo) {
      return;
    }
    group = of;
    upTo = version;
    for (String key : new ArrayList<>(copy.keySet())) {
      if (!all.containsKey(key)) {
        set(key, new Versioned(0, null));
      }
    }
    all.forEach((key, now) -> {
      Versioned before = get(key);
      if (before.version() != now.version() || !Objects.deepEquals(before.value(), now.value())) {
        set(key, now);
      }
    });
  }

  /** Adds a watcher; {@code onOwner} runs what it is given on the owner thread, soon. */
  public Registration watch(String prefix, Watcher watcher, Executor onOwner) {
    Watch watch = new Watch(prefix, watcher);
    onOwner.execute(() -> {
      if (!watch.closed) {
        copy.tailMap(prefix, true).entrySet().stream()
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
  public void close() {
    watches.forEach(each -> each.closed = true);
    watches.clear();
  }
}
