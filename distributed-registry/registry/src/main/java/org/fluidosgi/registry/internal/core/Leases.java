package org.fluidosgi.registry.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.fluidosgi.channel.Env;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;

/** How long each of this node's leased records still lives: who publishes for a sensor lets its record go when the sensor is silent.
 * Invariant: a lease stands in {@code queue} at or before the moment it ends, so renewing costs one look and moves nothing; while there is a
 * lease, one timer is set, for all of them. The clock of the leases stands still while this node's task queue does not run: nobody
 * could renew then. Threads: the node's task queue. Source: protocol-registry section 3. */
final class Leases {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  /** Longest time between two looks; a look that is later than that by as much again says that the node did not run. */
  static final Duration LOOK_MAX = Duration.ofSeconds(1);

  /** Shortest time between two looks: by so much a lease may last longer. */
  static final Duration LOOK_MIN = Duration.ofMillis(50);

  /** Most leases ended in one task; others have their turn before the next ones. */
  static final int ENDED_AT_ONCE_MAX = 1_000;

  private static final Comparator<Lease> SOONEST_FIRST = Comparator.<Lease>comparingLong(
          each -> each.queuedFor)
      .thenComparingLong(each -> each.number);

  private static final class Lease {
    final RecordId id;
    final long ttlNanos;
    final long number;
    long end;
    long queuedFor;

    Lease(RecordId id, long ttlNanos, long number) {
      this.id = id;
      this.ttlNanos = ttlNanos;
      this.number = number;
    }
  }

  private final String node;
  private final Env env;
  private final Consumer<RecordId> withdraw;
  private final long begin;
  private final Map<RecordId, Lease> leases = new HashMap<>();
  private final TreeSet<Lease> queue = new TreeSet<>(SOONEST_FIRST);
  private Env.@Nullable Cancellable timer;
  private long timerAt;
  private long stoodStill;
  private long numbers;

  /** None yet. Shape: {@code withdraw} is called for each record whose lease ends, after it was forgotten here. */
  Leases(String node, Env env, Consumer<RecordId> withdraw) {
    this.node = node;
    this.env = env;
    this.withdraw = withdraw;
    begin = env.nanoTime();
  }

  /** That time to live in whole milliseconds. Errors: IllegalArgumentException when it is too short or too long. */
  static Duration check(String what, Duration ttl) {
    if (!ttl.isZero()
        && (ttl.compareTo(RegistryStore.TTL_MIN) < 0 || ttl.compareTo(RegistryStore.TTL_MAX) > 0)) {
      throw new IllegalArgumentException(what + " has a time to live of " + ttl
          + ": expected 0 for as long as its owner is a member, or " + RegistryStore.TTL_MIN + ".."
          + RegistryStore.TTL_MAX);
    }
    return Duration.ofMillis(ttl.toMillis());
  }

  int size() {
    return leases.size();
  }

  /** Begins or renews; zero ends the lease, and the record stays. */
  void set(RecordId id, Duration ttl) {
    noticeStandstill();
    Lease lease = leases.get(id);
    if (lease != null && lease.ttlNanos == ttl.toNanos()) {
      renew(id);
      return;
    }
    forget(id);
    if (!ttl.isZero()) {
      lease = new Lease(id, ttl.toNanos(), numbers++);
      lease.end = now() + lease.ttlNanos;
      lease.queuedFor = lease.end;
      leases.put(id, lease);
      queue.add(lease);
      plan();
    }
  }

  /** From now on it lives for its whole time again; nothing when it has no lease. */
  void renew(RecordId id) {
    noticeStandstill(); // it waited until the node ran again: its own lease needs no more time for
    // that
    Lease lease = leases.get(id);
    if (lease != null) {
      lease.end = now() + lease.ttlNanos;
    }
  }

  /** The record is gone, or lives without a lease. */
  void forget(RecordId id) {
    Lease lease = leases.remove(id);
    if (lease != null) {
      queue.remove(lease);
      if (queue.isEmpty()) {
        stop();
      }
    }
  }

  /** What is left, by name. */
  Map<String, Duration> left(String kind) {
    long now = now();
    Map<String, Duration> left = new TreeMap<>();
    for (Lease lease : leases.values()) {
      if (lease.id.kind().equals(kind)) {
        left.put(lease.id.name(), Duration.ofNanos(Math.max(0, lease.end - now)));
      }
    }
    return left;
  }

  void clear() {
    stop();
    leases.clear();
    queue.clear();
  }

  /** Nanoseconds since the beginning in which this node ran. */
  private long now() {
    return env.nanoTime() - begin - stoodStill;
  }

  private void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void plan() {
    if (queue.isEmpty()) {
      stop();
      return;
    }
    long now = now();
    long soonest = Math.max(queue.first().queuedFor - now, LOOK_MIN.toNanos());
    long delay = Math.min(soonest, LOOK_MAX.toNanos());
    if (timer != null && timerAt <= now + delay) {
      return;
    }
    stop();
    timerAt = now + delay;
    timer = env.schedule(Duration.ofNanos(delay), this::look);
  }

  private void look() {
    noticeStandstill();
    timer = null;
    endSome();
  }

  /** A look that is overdue says that the node did not run: the clock of the leases goes on from where the look was to be. */
  private void noticeStandstill() {
    long late = timer == null ? 0 : now() - timerAt;
    if (late > LOOK_MAX.toNanos()) {
      stoodStill += late;
      LOG.log(
          Level.INFO,
          () -> node + ": did not run for " + late / 1_000_000
              + " ms; the leases of its records last that much longer");
    }
  }

  private void endSome() {
    long now = now();
    for (int ended = 0; !queue.isEmpty() && queue.first().queuedFor <= now; ) {
      if (ended == ENDED_AT_ONCE_MAX) {
        env.execute(this::endSome);
        return;
      }
      Lease lease = queue.first();
      queue.remove(lease);
      if (lease.end > now) {
        lease.queuedFor = lease.end;
        queue.add(lease);
      } else {
        ended++;
        leases.remove(lease.id);
        LOG.log(
            Level.DEBUG,
            () ->
                node + ": nobody renewed " + RecordCodec.describe(lease.id) + ", it is withdrawn");
        withdraw.accept(lease.id);
      }
    }
    plan();
  }
}
