package org.fluidosgi.registry;

import java.util.concurrent.CompletionStage;
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
  int PAGE_RECORDS_MAX = 10_000;

  /** Most candidates tried for one page of a scan. */
  int PAGE_TRIED_MAX = 20_000;

  /** Publishes or modifies a record of this node. Completes when this node's own store shows it and it was handed to the
   * engine; an unchanged republication completes and tells nobody. Errors: IllegalArgumentException when attributes cannot be
   * written, the record is too large or its term is lower than before; the stage fails with IllegalStateException when this
   * node publishes too many records or is stopping. */
  CompletionStage<Void> publish(Publication publication);

  /** Withdraws a record of this node; one that is not there is no error. */
  CompletionStage<Void> withdraw(String kind, String name);

  /** Snapshot, mark, deltas; until the registration is closed. */
  Registration subscribe(Interest interest, Sink sink);

  /** Explicit, bounded look over all records that match. Shape: {@code size} 1..10_000; {@code cursor} null for the first. A page
   * may hold fewer than asked for, even none, and yet not be the last: that one has no next cursor. Errors: the stage fails with
   * IllegalStateException when this node is stopping. */
  CompletionStage<Page> scan(Interest interest, int size, @Nullable String cursor);

  /** How {@link #scan} answers that interest: by which keys, among how many candidates, where. Tries them all. */
  CompletionStage<Explanation> explain(Interest interest);

  /** What this node's store holds, counted. */
  CompletionStage<Inventory> inventory();
}
