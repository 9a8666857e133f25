package org.fluidosgi.simulation.groupstore;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.Versioned;
import org.jspecify.annotations.Nullable;

/** Watches everything on one node: what it was told is what the node shows. */
final class CopyWatch {
  /** What a watcher was told of a key last. Shape: value 0 is absence. */
  record Told(long version, long value) {}

  private final StoreNode node;
  private final Map<String, Long> versions = new HashMap<>();
  private Map<String, Told> told = new TreeMap<>();
  private @Nullable UUID versionsOf;
  private @Nullable UUID telling;
  private @Nullable Registration registration;
  private int watches;

  CopyWatch(StoreNode node) {
    this.node = node;
  }

  void open() {
    int watch = ++watches;
    told = new TreeMap<>();
    versions.clear();
    registration = node.store.watch("", (key, now) -> {
      if (watch != watches || registration == null) {
        node.fail("watch", "was told of " + key + " after the end of its watch");
      }
      changed(key, now);
    });
  }

  void close() {
    Registration old = registration;
    if (old != null) {
      registration = null;
      old.close();
    }
  }

  /** Another one takes its place, which is told what is there. */
  void again() {
    close();
    open();
  }

  /** Runs what tells a watcher of an entry of that group. */
  void told(Optional<UUID> of, Runnable task) {
    telling = of.orElse(null);
    task.run();
    telling = null;
  }

  private void changed(String key, Versioned now) {
    if (key.isEmpty() || key.charAt(0) == 0 || now.stale()) {
      node.fail("watch", "was told of '" + key + "', stale " + now.stale());
    }
    if (key.indexOf('/') > 0) {
      return; // of another user of the store, who knows what it should hold
    }
    long value = Values.number(now);
    if (!Values.isWhole(now)) {
      node.fail("content", "was told something of " + key + " that nobody wrote");
    }
    node.group.world.trace().count(node.name, "told " + key + " " + now.version(), value);
    UUID of = telling;
    if (of == null) {
      node.fail("watch", "was told of " + key + ", of no group");
      return;
    }
    if (!of.equals(versionsOf)) {
      versionsOf = of;
      versions.clear();
    }
    if (value == 0) {
      told.remove(key);
      return;
    }
    told.put(key, new Told(now.version(), value));
    node.group.ledger.decided(of, key, now.version(), value);
    Long before = versions.put(key, now.version());
    if (before != null && before >= now.version()) {
      node.fail(
          "no-going-back",
          "was told of version " + now.version() + " of " + key + " after version " + before);
    }
  }

  /** All that it shows, by key. */
  Map<String, Told> all() {
    return told;
  }

  /** What it shows of that key. */
  Told shown(String key) {
    return told.getOrDefault(key, new Told(0, 0));
  }
}
