package org.fluidosgi.simulation.groupstore;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.NoMajorityException;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.history.Operation;
import org.fluidosgi.history.Operation.Result;
import org.jspecify.annotations.Nullable;

/** A program on one node that reads and writes entries and writes down what came of it. It has one question of a kind about a key
 * under way at a time, so that an answer on the network can be told to be its. */
final class StoreClient {
  private static final int DECIDE = 2;
  private static final int READ = 3;
  private static final int ENTRY = 3;
  private static final int CONFLICT = 4;

  /** Time that a question may take beyond what it was given. */
  private static final long SLACK_NANOS = 2_000_000_000L;

  private record Lane(int kind, String key) {}

  /** A question under way. */
  private final class Asked {
    final long number;
    final long since = node.group.world.now();
    Operation operation;
    boolean far;

    @Nullable
    UUID before;

    @Nullable
    UUID by;

    Asked(long number, Operation operation) {
      this.number = number;
      this.operation = operation;
    }
  }

  private final StoreNode node;
  private final Map<Lane, Asked> lanes = new HashMap<>();
  private final Map<String, Long> lastSeen = new HashMap<>();
  private final Map<String, Long> answeredAt = new HashMap<>();

  StoreClient(StoreNode node) {
    this.node = node;
  }

  /** Whether nothing is under way. */
  boolean idle() {
    return lanes.isEmpty();
  }

  /** Whether a question about that key was answered at or after that time. */
  boolean isAnswered(String key, long nanos) {
    return answeredAt.getOrDefault(key, -1L) >= nanos;
  }

  /** The version of that key in the last answer. */
  long lastSeen(String key) {
    return lastSeen.getOrDefault(key, 0L);
  }

  /** Reads, unless that is under way. */
  void read(String key) {
    Asked asked = begin(new Lane(READ, key), Operation.read(key, node.group.world.now()));
    if (asked != null) {
      node.store.read(key).whenComplete((found, failure) -> {
        if (end(new Lane(READ, key))) {
          if (failure != null) {
            if (!node.serves()) {
              return;
            }
            node.fail("reads", "a read of " + key + " failed: " + failure);
          } else if (found.stale()) {
            node.group.ledger.stale();
          } else {
            ended(asked, Result.OK, found);
          }
        }
      });
    }
  }

  /** Compares and sets, unless that is under way; value 0 removes. */
  void write(String key, long version, long value) {
    Lane lane = new Lane(DECIDE, key);
    Asked asked = begin(lane, Operation.write(key, version, value, node.group.world.now()));
    if (asked == null) {
      return;
    }
    CompletionStage<Versioned> stage =
        node.store.compareAndSet(key, version, value == 0 ? null : Values.of(value));
    stage.whenComplete((written, failure) -> {
      if (end(lane)) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause == null) {
          ended(asked, Result.OK, written);
        } else if (cause instanceof ConflictException conflict) {
          ended(asked, Result.CONFLICT, conflict.found());
        } else if (cause instanceof NoMajorityException no) {
          if (no.effect() == Effect.NONE) {
            node.group.ledger.never(asked.number);
          }
          node.group.ledger.refused();
        } else if (node.serves()) {
          node.fail("writes", "a write of " + key + " failed: " + cause);
        }
      }
    });
  }

  private @Nullable Asked begin(Lane lane, Operation operation) {
    if (lanes.containsKey(lane) || !node.serves()) {
      return null;
    }
    Asked asked = new Asked(node.group.ledger.begin(operation), operation);
    lanes.put(lane, asked);
    node.owner.execute(() -> asked.before = node.groupNow());
    return asked;
  }

  private boolean end(Lane lane) {
    return lanes.remove(lane) != null && !node.process.dead();
  }

  /** Writes it down with the group whose store answered: told by the network, or this node's own. */
  private void ended(Asked asked, Result result, Versioned found) {
    long value = Values.number(found);
    Operation before = asked.operation;
    lastSeen.put(before.key(), found.version());
    answeredAt.put(before.key(), node.group.world.now());
    if (!Values.isWhole(found)) {
      node.fail("content", "the answer to " + before + " holds what nobody wrote");
    }
    Operation ended = before.ended(result, node.group.world.now(), found.version(), value);
    node.group
        .world
        .trace()
        .count(
            node.name,
            result + (before.write() ? " write " : " read ") + before.key() + " " + found.version(),
            value);
    UUID after = node.groupNow();
    UUID own = asked.before == null || asked.before.equals(after) ? after : null;
    node.group.ledger.end(asked.number, ended, asked.far ? asked.by : own);
  }

  /** An answer to that question of this node arrives, given by the store of that group if it is sure which. */
  void answered(byte[] question, byte[] answer, @Nullable UUID by) {
    boolean asksForEntry = question[0] == DECIDE || question[0] == READ;
    if (asksForEntry && (answer[0] == ENTRY || answer[0] == CONFLICT)) {
      ByteBuffer from = ByteBuffer.wrap(question);
      int kind = from.get();
      byte[] key = new byte[from.getShort()];
      from.get(key);
      Asked asked = lanes.get(new Lane(kind, new String(key, StandardCharsets.UTF_8)));
      if (asked != null) {
        asked.far = true;
        asked.by = by;
      }
    }
  }

  /** No question takes longer than it may. */
  void check() {
    long now = node.group.world.now();
    long hung = Math.max(0, now - node.process.sinceHang());
    long most = (long) (node.group.options.timeout().toNanos() * 1.1) + SLACK_NANOS;
    lanes.forEach((lane, asked) -> {
      if (now - Math.max(asked.since, hung) > most) {
        node.fail(
            "no-starvation",
            asked.operation + " has no answer after " + (now - asked.since) / 1_000_000 + " ms");
      }
    });
  }
}
