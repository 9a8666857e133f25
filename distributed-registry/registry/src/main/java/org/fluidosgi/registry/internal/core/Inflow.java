package org.fluidosgi.registry.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.fluidosgi.channel.NodeId;

/** What was delivered and waits for the task queue, in bytes, so that a member that sends faster than this node can follow costs no more memory
 * than this. What does not fit is dropped; digests find it and snapshots bring it. Threads: any. Source: protocol-registry section 6. */
final class Inflow {
  /** Most bytes of one member that wait. */
  static final long SENDER_BYTES_MAX = 32L * 1024 * 1024;

  /** Most bytes of all members that wait. */
  static final long BYTES_MAX = 128L * 1024 * 1024;

  /** Counted for a message besides its bytes: a task and what holds it. */
  private static final int OVERHEAD_BYTES = 128;

  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  private final String node;
  private final Set<NodeId> warned = ConcurrentHashMap.newKeySet();
  private final Map<NodeId, AtomicLong> senders = new ConcurrentHashMap<>();
  private final AtomicLong all = new AtomicLong();

  Inflow(String node) {
    this.node = node;
  }

  /** Whether a message of so many bytes may wait; if so, {@link #leave} follows. */
  boolean enter(NodeId from, int bytes) {
    long weight = (long) bytes + OVERHEAD_BYTES;
    AtomicLong sender = senders.computeIfAbsent(from, any -> new AtomicLong());
    if (sender.addAndGet(weight) > SENDER_BYTES_MAX) {
      sender.addAndGet(-weight);
      warn(from);
      return false;
    }
    if (all.addAndGet(weight) > BYTES_MAX) {
      all.addAndGet(-weight);
      sender.addAndGet(-weight);
      warn(from);
      return false;
    }
    return true;
  }

  private void warn(NodeId from) {
    if (warned.add(from)) {
      LOG.log(
          Level.WARNING,
          node + ": " + from
              + " sends faster than this node can follow; what it sends is dropped while "
              + SENDER_BYTES_MAX / 1024 / 1024 + " MiB of it wait, and read from it later");
    }
  }

  /** Its turn came. */
  void leave(NodeId from, int bytes) {
    long weight = (long) bytes + OVERHEAD_BYTES;
    all.addAndGet(-weight);
    AtomicLong sender = senders.get(from);
    if (sender != null) {
      sender.addAndGet(-weight);
    }
  }

  /** Bytes that wait. */
  long waiting() {
    return all.get();
  }

  /** That node is no member any more; what still waits of it counts with all. */
  void forget(NodeId left) {
    warned.remove(left);
    AtomicLong sender = senders.get(left);
    if (sender != null && sender.get() == 0) {
      senders.remove(left, sender);
    }
  }
}
