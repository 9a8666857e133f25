package org.fluidosgi.framework.internal.core;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.Versioned;
import org.jspecify.annotations.Nullable;

/** Which node of this node's group has which ordinal.
 * Invariant: an ordinal once given to a node is never given to another node of the same group: none is given that the group store has
 * not decided. Entries lie there under {@code ordinals/<group>/<ordinal>} with the node's id as value; one that was decided never
 * changes, so it may be told without asking. Threads: any; state guarded by the monitor, nobody is called while it is held. */
public final class OrdinalTable {
  /** Most ordinals of one group, and the highest; further nodes are refused. */
  public static final int ORDINALS_MAX = 65_536;

  private static final String PREFIX = "ordinals/";

  /** Holds the ordinals of entries that name no node. */
  private static final NodeId NOBODY = new NodeId(new UUID(0, 0));

  /** Decided, heard of, or asked for. */
  private final NavigableMap<Integer, NodeId> byOrdinal = new TreeMap<>();

  /** Ordinals whose entry the store has told. */
  private final Set<Integer> decided = new HashSet<>();

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
      decided.clear();
      current = store;
    }
    rewatch(current, now);
  }

  /** Reads and writes that store from now on; null = none. */
  public void attach(@Nullable GroupStore now) {
    UUID current;
    synchronized (this) {
      store = now;
      decided.clear();
      current = group;
    }
    rewatch(now, current);
    writeDown();
  }

  /** Writes what was heard of while nothing could be written: a later first member must not give it away. */
  private void writeDown() {
    UUID of;
    Map<Integer, NodeId> missing;
    synchronized (this) {
      if (store == null) {
        return;
      }
      of = group;
      missing = new TreeMap<>(byOrdinal);
      missing.keySet().removeAll(decided);
    }
    missing.forEach((ordinal, node) -> persist(of, node, ordinal).exceptionally(e -> node));
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
    try {
      int ordinal = Integer.parseInt(key.substring(key.lastIndexOf('/') + 1));
      byte[] value = now.value();
      if (value != null) {
        decided(of, ordinal, NodeId.parse(new String(value, StandardCharsets.UTF_8)));
      } else { // another group's store: an ordinal is never taken back
        synchronized (this) {
          decided.remove(ordinal);
        }
      }
    } catch (IllegalArgumentException e) {
      System.getLogger("org.fluidosgi.framework")
          .log(System.Logger.Level.WARNING, "entry {0} names no ordinal or node: ignored", key);
    }
  }

  private synchronized void decided(UUID of, int ordinal, NodeId node) {
    if (group.equals(of) && valid(ordinal)) {
      byOrdinal.put(ordinal, node);
      decided.add(ordinal);
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
    persist(of, node, ordinal).exceptionally(e -> node); // written down later
  }

  /** The ordinal of that node in this group. The one it had here last if nobody else has it, else one given before, else a new one.
   * Shape: {@code lastOrdinal} counts only when {@code lastGroup} is this group. Errors: IllegalStateException when all are given or
   * there is no store; {@link NotDecidedException} when the store did not decide, and no ordinal is given then. */
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
      if (decided.contains(chosen)) {
        return CompletableFuture.completedFuture(new Given(of, chosen));
      }
      if (store == null) {
        return CompletableFuture.failedFuture(
            new IllegalStateException("this node has no group store, or not yet"));
      }
      byOrdinal.put(chosen, node); // its next question asks for the same one
    }
    return persist(of, node, chosen).thenCompose(holder -> {
      if (holder.equals(node)) {
        writeDown();
        return CompletableFuture.completedFuture(new Given(of, chosen));
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

  /** Who holds the ordinal after trying to write it down. Errors: NotDecidedException. */
  private CompletionStage<NodeId> persist(UUID of, NodeId node, int ordinal) {
    GroupStore to;
    synchronized (this) {
      to = store;
    }
    if (to == null) {
      return CompletableFuture.failedFuture(new NotDecidedException("the group store has stopped"));
    }
    byte[] value = node.toString().getBytes(StandardCharsets.UTF_8);
    return to.compareAndSet(PREFIX + of + "/" + ordinal, 0, value)
        .handle((written, failure) -> failure == null ? node : holder(failure, ordinal))
        .thenApply(holder -> {
          decided(of, ordinal, holder);
          return holder;
        });
  }

  private static NodeId holder(Throwable failure, int ordinal) {
    Throwable cause = Failures.cause(failure);
    if (cause instanceof ConflictException conflict && conflict.found() != null) {
      byte[] found = conflict.found().value();
      if (found != null) {
        try {
          return NodeId.parse(new String(found, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          System.getLogger("org.fluidosgi.framework")
              .log(
                  System.Logger.Level.WARNING, "ordinal {0} is held by no node: left out", ordinal);
          return NOBODY;
        }
      }
    }
    throw new NotDecidedException(String.valueOf(cause.getMessage()));
  }

  /** The group store could not decide who has the ordinal: ask again. */
  public static final class NotDecidedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotDecidedException(String why) {
      super(why);
    }
  }

  /** An ordinal in a group. */
  public record Given(UUID group, int ordinal) {}
}
