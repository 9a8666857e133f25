package org.fluidosgi.registry;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.fluidosgi.channel.Registration;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/** The records of the group. A service.
 * Threads: any; nothing here blocks. Source: architecture section 3. */
@ProviderType
public interface RegistryStore {
  /** Longest record, encoded: keys, attributes and all. */
  int RECORD_BYTES_MAX = 256 * 1024;

  /** Most records that one node publishes at a time. */
  int RECORDS_PER_OWNER_MAX = 100_000;

  /** Most keys of a record. */
  int KEYS_PER_RECORD_MAX = 1_000;

  /** Most characters of a key. */
  int KEY_CHARS_MAX = 1_024;

  /** Most records on one page of a scan. */
  int PAGE_RECORDS_MAX = PageRequest.SIZE_MAX;

  /** Most candidates tried for one page of a scan. */
  int PAGE_TRIED_MAX = 20_000;

  /** Shortest lease of a record. */
  Duration TTL_MIN = Duration.ofMillis(100);

  /** Longest lease of a record. */
  Duration TTL_MAX = Duration.ofDays(7);

  /** Publishes or modifies a record of this node. Completes when this node's own store shows it and it was handed to the
   * engine; an unchanged republication renews the lease, if it has one, completes and tells nobody. Errors: IllegalArgumentException when
   * attributes cannot be written, the record is too large, its lease too short or too long, or its term is lower than before; the stage fails with IllegalStateException when this
   * node publishes too many records or is stopping. */
  CompletionStage<Void> publish(Publication publication);

  /** Withdraws a record of this node; one that is not there is no error. */
  CompletionStage<Void> withdraw(String kind, String name);

  /** Renews the lease of a record of this node, which without that is withdrawn when its time to live has passed by this node's
   * monotonic clock; time in which this node itself did not run is not counted. Sends nothing and tells nobody. The stage says whether the record
   * is there: if not, publish it again. One without a lease is left as it is. Errors: the stage fails with IllegalStateException when this node is
   * stopping. Source: protocol-registry section 3. */
  CompletionStage<Boolean> renew(String kind, String name);

  /** What is left of the leases of this node's records of that kind, by name. Errors: as {@link #renew}. */
  CompletionStage<Map<String, Duration>> leases(String kind);

  /** Snapshot, mark, deltas, each told on the task queue as it happens; until the registration is closed. For a sink that only notes what it is told: one that
   * blocks keeps the registry waiting, which is warned of once. */
  Registration subscribe(Interest interest, Sink sink);

  /** Snapshot, mark, deltas, told by tasks of that executor, one at a time, at the sink's pace: for a sink that may block. Of a record whose changes the sink has not
   * taken yet it is told one: added and modified is added with the last state, added and removed is nothing, modified twice is modified once, from what was told
   * last to the last state, modified and removed is removed, removed and added is modified; or nothing, when it is the same write of an owner that was away; or removed and added, when the owner began a new life meanwhile. What is left is told in the order of each owner's
   * writes. What waits is at most one change for each record that the sink knows or the store shows. Errors: a call that throws is logged, the first at WARNING, and
   * counts as taken; when the executor refuses a task, the subscription ends with a WARNING. */
  Registration subscribe(Interest interest, Sink sink, Executor executor);

  /** Explicit, bounded look over all records that match. A page may hold fewer than asked for, even none, and yet not be the last: that one has no
   * next cursor. A page is what this
   * node knew at one moment, between two whole changes: of a write, of a view and all that left or came with it, a page has all or
   * nothing. It has everything that was handed to the store before the question: this thread's own writes, complete or not, and what
   * the engine delivered. Several pages are several moments. Threads: while nothing waits to be done in the store, the asking thread
   * looks itself and the stage is complete at once; else the node's task queue does. Errors: IllegalArgumentException when the cursor is none; the stage
   * fails with IllegalStateException when this node is stopping. */
  CompletionStage<Page> scan(Interest interest, PageRequest page);

  /** The same within {@link PageRequest#DEADLINE}. */
  default CompletionStage<Page> scan(Interest interest, int size, @Nullable String cursor) {
    return scan(interest, new PageRequest(size, cursor));
  }

  /** How {@link #scan} answers that interest: by which keys, among how many candidates, where. Tries them all. */
  CompletionStage<Explanation> explain(Interest interest);

  /** What this node's store holds, counted. */
  CompletionStage<Inventory> inventory();
}
