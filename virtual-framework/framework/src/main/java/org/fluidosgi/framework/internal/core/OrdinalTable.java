package org.fluidosgi.framework.internal.core;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.Versioned;
import org.jspecify.annotations.Nullable;

/** Which node of this node's group has which ordinal.
 * Invariant: an ordinal once given to a node is never given to another node of the same group. Entries lie in the group store under
 * {@code ordinals/<group>/<ordinal>} with the node's id as value; without a store they live in memory, filled from the nodes' own
 * records. Threads: any; state guarded by the monitor, nobody is called while it is held. */
public final class OrdinalTable {
  /** Most ordinals of one group, and the highest; further nodes are refused. */
  public static final int ORDINALS_MAX = 65_536;

  private static final String PREFIX = "ordinals/";
  private final NavigableMap<Integer, NodeId> byOrdinal = new TreeMap<>();
  private UUID group;
  private @Nullable GroupStore store;
  private @Nullable Registration watch;

  public OrdinalTable(UUID group) {
    this.group = group;
  }

  /** Turns to another group: entries of the one before are forgotten here and stay in the store. */
  public void useGroup(UUID now) {
    GroupStore current;
    synchronized (this) {
      if (group.equals(now)) {
        return;
      }
      group = now;
      byOrdinal.clear();
      current = store;
    }
    rewatch(current, now);
  }

  /** Reads and writes that store from now on; null = none. */
  public void attach(@Nullable GroupStore now) {
    UUID current;
    synchronized (this) {
      store = now;
      current = group;
    }
    rewatch(now, current);
  }

  private void rewatch(@Nullable GroupStore from, UUID of) {
    Registration fresh = from == null
        ? () -> {}
        : from.watch(PREFIX + of + "/", (key, now) -> onChange(of, key, now));
    Registration old;
    synchronized (this) {
      old = watch;
      watch = fresh;
    }
    if (old != null) {
      old.close();
    }
  }

  private void onChange(UUID of, String key, Versioned now) {
    byte[] value = now.value();
    if (value == null) {
      return; // an ordinal is never taken back
    }
    try {
      int ordinal = Integer.parseInt(key.substring(key.lastIndexOf('/') + 1));
      NodeId node = NodeId.parse(new String(value, StandardCharsets.UTF_8));
      synchronized (this) {
        if (group.equals(of) && valid(ordinal)) {
          byOrdinal.put(ordinal, node);
        }
      }
    } catch (IllegalArgumentException e) {
      System.getLogger("org.fluidosgi.framework")
          .log(System.Logger.Level.WARNING, "entry {0} names no ordinal or node: ignored", key);
    }
  }

  /** Whether that number can be an ordinal: 1..{@value #ORDINALS_MAX}. */
  public static boolean valid(int ordinal) {
    return ordinal >= 1 && ordinal <= ORDINALS_MAX;
  }

  /** Notes what a node of that group says of itself; what contradicts an entry is ignored here, the node will ask. */
  public void learn(UUID of, NodeId node, int ordinal) {
    synchronized (this) {
      if (!group.equals(of) || !valid(ordinal) || byOrdinal.putIfAbsent(ordinal, node) != null) {
        return;
      }
    }
    persist(of, node, ordinal).exceptionally(e -> null);
  }

  /** The ordinal of that node in this group. The one it had here last if nobody else has it, else one given before, else a new one.
   * Shape: {@code lastOrdinal} counts only when {@code lastGroup} is this group. Errors: IllegalStateException when all are given. */
  public CompletionStage<Given> assign(NodeId node, UUID lastGroup, int lastOrdinal) {
    int chosen;
    UUID of;
    synchronized (this) {
      of = group;
      chosen = choose(node, lastGroup, lastOrdinal);
      if (chosen < 1) {
        return CompletableFuture.failedFuture(
            new IllegalStateException("all " + ORDINALS_MAX + " ordinals of the group are given"));
      }
      byOrdinal.put(chosen, node);
    }
    return persist(of, node, chosen).thenCompose(holder -> {
      if (holder.equals(node)) {
        return CompletableFuture.completedFuture(new Given(of, chosen));
      }
      synchronized (this) {
        byOrdinal.put(chosen, holder);
      }
      return assign(node, lastGroup, lastOrdinal);
    });
  }

  private int choose(NodeId node, UUID lastGroup, int lastOrdinal) {
    if (lastGroup.equals(group) && valid(lastOrdinal)) {
      NodeId holder = byOrdinal.get(lastOrdinal);
      if (holder == null || holder.equals(node)) {
        return lastOrdinal;
      }
    }
    for (Map.Entry<Integer, NodeId> entry : byOrdinal.entrySet()) {
      if (entry.getValue().equals(node)) {
        return entry.getKey();
      }
    }
    int next = byOrdinal.isEmpty() ? 1 : byOrdinal.lastKey() + 1;
    return next <= ORDINALS_MAX ? next : lowestFree();
  }

  /** Only at the end of the numbers: what is free here may belong to a node that is away. */
  private int lowestFree() {
    int free = 1;
    for (int taken : byOrdinal.keySet()) {
      if (taken != free) {
        return free;
      }
      free++;
    }
    return free <= ORDINALS_MAX ? free : 0;
  }

  /** Who holds the ordinal after trying to write it down. */
  private CompletionStage<NodeId> persist(UUID of, NodeId node, int ordinal) {
    GroupStore to;
    synchronized (this) {
      to = store;
    }
    if (to == null) {
      return CompletableFuture.completedFuture(node);
    }
    byte[] value = node.toString().getBytes(StandardCharsets.UTF_8);
    return to.compareAndSet(PREFIX + of + "/" + ordinal, 0, value)
        .thenApply(written -> node)
        .exceptionally(failure -> holder(failure, node));
  }

  private static NodeId holder(Throwable failure, NodeId node) {
    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    if (cause instanceof ConflictException conflict && conflict.found() != null) {
      byte[] found = conflict.found().value();
      if (found != null) {
        return NodeId.parse(new String(found, StandardCharsets.UTF_8));
      }
    }
    // A store that cannot write now must not keep a node without an id: the nodes' records still
    // tell who has what.
    System.getLogger("org.fluidosgi.framework")
        .log(System.Logger.Level.WARNING, "ordinal of {0} is not on file: {1}", node, cause);
    return node;
  }

  /** An ordinal in a group. */
  public record Given(UUID group, int ordinal) {}
}
