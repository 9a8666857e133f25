package org.fluidosgi.rsa.internal.lease;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.Env;
import org.jspecify.annotations.Nullable;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** One peer that reads what this node leases: what it was told of, and what it has still to be told of.
 * Invariant: an endpoint waits at most once, whatever becomes of it meanwhile; what is told is how it stands then. What was there when the
 * stream opened waits in front. State: owned by the node's task queue. Limits: {@link LeaseWire#REFERENCES_MAX}. */
final class LeaseReader {
  private final LeaseSource source;
  private final EndpointBytes bytes;
  private final int leaseMillis;
  private final int referencesMax;
  private final Set<UUID> told = new HashSet<>();
  private final Set<UUID> waiting = new LinkedHashSet<>();
  private final Set<UUID> snapshot; // those of the beginning that still wait
  private boolean snapshotTold;
  private @Nullable CompletableFuture<ByteBuffer> asked;
  private Env.@Nullable Cancellable renewal;

  LeaseReader(LeaseSource source, EndpointBytes bytes, int leaseMillis, int referencesMax) {
    this.source = source;
    this.bytes = bytes;
    this.leaseMillis = leaseMillis;
    this.referencesMax = referencesMax;
    waiting.addAll(source.endpoints());
    snapshot = new HashSet<>(waiting);
  }

  /** Answers when there is something to tell, at the latest in time to renew the leases. False when a question is open already. */
  boolean ask(CompletableFuture<ByteBuffer> answer, Env env) {
    CompletableFuture<ByteBuffer> open = asked;
    if (open != null && !open.isDone()) {
      return false;
    }
    asked = answer;
    tell(false);
    if (asked != null) {
      renewal = env.schedule(Duration.ofMillis(leaseMillis / 3), () -> {
        if (asked == answer) {
          tell(true);
        }
      });
    }
    return true;
  }

  /** The endpoint came, went or changed. */
  void changed(UUID endpoint) {
    if (told.contains(endpoint) || source.endpoint(endpoint) != null) {
      waiting.add(endpoint);
    } else { // came and went unheard of: nothing is kept of it
      waiting.remove(endpoint);
      snapshot.remove(endpoint);
    }
    tell(false);
  }

  private void tell(boolean evenNothing) {
    CompletableFuture<ByteBuffer> answer = asked;
    if (answer == null) {
      return;
    }
    List<LeaseChange> changes = take();
    boolean whole = snapshot.isEmpty();
    if (!changes.isEmpty() || evenNothing || whole && !snapshotTold) {
      snapshotTold = whole;
      forget();
      answer.complete(LeaseWire.answer(new LeaseWire.Answer(whole, leaseMillis, changes)));
    }
  }

  private List<LeaseChange> take() {
    List<LeaseChange> changes = new ArrayList<>();
    int size = 0;
    for (Iterator<UUID> each = waiting.iterator();
        each.hasNext()
            && size < LeaseWire.ANSWER_BYTES
            && changes.size() < LeaseWire.ANSWER_CHANGES_MAX; ) {
      UUID id = each.next();
      each.remove();
      snapshot.remove(id);
      LeaseChange change = change(id);
      if (change != null) {
        changes.add(change);
        size += LeaseWire.bytes(change);
      }
    }
    return changes;
  }

  private @Nullable LeaseChange change(UUID id) {
    EndpointDescription now = source.endpoint(id);
    byte[] properties = now == null ? null : bytes.of(now);
    if (properties == null) {
      return told.remove(id) ? new LeaseChange(LeaseChange.Kind.REMOVED, id, new byte[0]) : null;
    }
    if (told.contains(id)) {
      return new LeaseChange(LeaseChange.Kind.MODIFIED, id, properties);
    }
    if (told.size() >= referencesMax) {
      bytes.warn("more than " + referencesMax + " endpoints: the rest is not leased to peers");
      return null;
    }
    told.add(id);
    return new LeaseChange(LeaseChange.Kind.ADDED, id, properties);
  }

  private void forget() {
    asked = null;
    Env.Cancellable timer = renewal;
    renewal = null;
    if (timer != null) {
      timer.cancel();
    }
  }

  /** The stream is over. */
  void close() {
    forget();
  }
}
