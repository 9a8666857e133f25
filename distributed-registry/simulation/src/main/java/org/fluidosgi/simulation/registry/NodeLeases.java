package org.fluidosgi.simulation.registry;

import java.time.Duration;
import java.util.TreeMap;
import org.fluidosgi.registry.RegistryRecord;
import org.jspecify.annotations.Nullable;

/** The leases that one life of a node holds for publishers that are no members: none ends early, none late. */
final class NodeLeases {
  static final String KIND = "endpoint";

  /** How much longer than its time to live a lease may last while its node runs: the store looks once a second. */
  static final long LATE_NANOS_MAX = 1_300_000_000L;

  private static final long MILLI = 1_000_000L;

  private static final class Lease {
    final long ttlNanos;
    long renewedAt;

    Lease(long ttlNanos) {
      this.ttlNanos = ttlNanos;
    }
  }

  private final RegistryNode node;
  private final TreeMap<String, Lease> leases = new TreeMap<>();

  NodeLeases(RegistryNode node) {
    this.node = node;
  }

  boolean has(String name) {
    return leases.containsKey(name);
  }

  /** Names of the records that are leased. */
  Iterable<String> names() {
    return leases.keySet();
  }

  void publish(String name, Duration ttl, long value) {
    long askedAt = node.run.world.now();
    node.stages()
        .add(
            "publish",
            node.store.publish(Content.publication(KIND, name, 0, RegistryRecord.Scope.GROUP, value)
                .leased(ttl)),
            failure -> {
              if (node.model.alive()) {
                if (failure != null) {
                  node.fail("publish", "a leased publication ended with " + failure);
                }
                node.model.published(KIND, name, 0, RegistryRecord.Scope.GROUP, value);
                renewed(leases.computeIfAbsent(name, any -> new Lease(ttl.toNanos())), askedAt);
                node.dirty();
              }
            });
  }

  void renew(String name) {
    long askedAt = node.run.world.now();
    node.stages()
        .add(
            "renew",
            node.store.renew(KIND, name).thenAccept(there -> renewed(name, there, askedAt)),
            failure -> {
              if (failure != null && node.model.alive()) {
                node.fail("leases", "the renewal of " + name + " failed: " + failure);
              }
            });
  }

  private void renewed(String name, boolean there, long askedAt) {
    Lease lease = leases.get(name);
    if (node.model.alive() && there != (lease != null)) {
      node.fail("leases", "a renewal says of " + name + ", there: " + there);
    } else if (lease != null) {
      renewed(lease, askedAt);
    }
  }

  private void renewed(Lease lease, long askedAt) {
    lease.renewedAt = askedAt;
  }

  /** The node's own store tells that the record is gone. */
  void gone(RegistryRecord record) {
    String name = record.id().name();
    @Nullable Lease lease = leases.remove(name);
    if (lease == null) {
      node.fail("leases", name + " went, and was not there");
      return;
    }
    long since = node.run.world.now() - lease.renewedAt;
    if (since < ownTime(lease) - MILLI) {
      node.fail("leases", name + " went " + since / MILLI + " ms after it was renewed, too early");
    }
    node.model.withdrawn(KIND, name);
    node.dirty();
  }

  /** Its time to live by this node's clock, in time of the world. */
  private long ownTime(Lease lease) {
    return (long) (lease.ttlNanos * node.process.rate());
  }

  /** Holds after every step. */
  void check() {
    long now = node.run.world.now();
    if (node.process.sinceHang() > LATE_NANOS_MAX) {
      leases.forEach((name, lease) -> {
        // A renewal that waited for the node to go on counts from then; to others, what the node
        // did
        // not run is added.
        long hung = node.hungSince(lease.renewedAt - LATE_NANOS_MAX);
        if (now - lease.renewedAt > ownTime(lease) + hung + LATE_NANOS_MAX) {
          node.fail(
              "leases",
              name + " is there " + (now - lease.renewedAt) / MILLI
                  + " ms after it was renewed, its time to live is " + lease.ttlNanos / MILLI);
        }
      });
    }
  }
}
