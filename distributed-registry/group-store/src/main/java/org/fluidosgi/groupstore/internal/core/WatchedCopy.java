package org.fluidosgi.groupstore.internal.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.GroupStore.Watcher;
import org.fluidosgi.groupstore.Versioned;
import org.jspecify.annotations.Nullable;

/** This node's copy of the decided entries, and those who watch it.
 * Invariant: a watcher has been told, in order, all that the copy went through since it came. Threads: the owner thread changes
 * it and adds watchers; reads come from any; watchers are called on the watch thread. */
public final class WatchedCopy {
  private final ConcurrentSkipListMap<String, Versioned> copy = new ConcurrentSkipListMap<>();
  private final Watchers watchers;
  private @Nullable UUID group;
  private long upTo;

  public WatchedCopy(String node, Executor watchThread) {
    watchers = new Watchers(node, watchThread);
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
    watchers.tell(key, now);
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

  /** A copy of everything, in the pieces of a snapshot. */
  public List<byte[]> snapshot() {
    Entries all = new Entries();
    copy.forEach((key, now) -> all.put(new LogEntry(now.version(), key, now.value())));
    all.reach(upTo);
    return all.snapshot();
  }

  /** Adds a watcher; {@code onOwner} runs what it is given on the owner thread, soon. */
  public Registration watch(String prefix, Watcher watcher, Executor onOwner) {
    return watchers.add(prefix, watcher, copy, onOwner);
  }

  /** Tells nobody any more. */
  public void close() {
    watchers.close();
  }
}
