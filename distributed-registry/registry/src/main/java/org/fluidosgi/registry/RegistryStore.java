package org.fluidosgi.registry;

import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Registration;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/** The records of the group. A service.
 * Threads: any; nothing here blocks. Source: architecture section 3. */
@ProviderType
public interface RegistryStore {
  /** Publishes or modifies a record of this node. Completes when this node's own store shows it and it was handed to the
   * engine. Errors: IllegalArgumentException when attributes cannot be written or the record is too large. */
  CompletionStage<Void> publish(Publication publication);

  /** Withdraws a record of this node; one that is not there is no error. */
  CompletionStage<Void> withdraw(String kind, String name);

  /** Snapshot, mark, deltas; until the registration is closed. */
  Registration subscribe(Interest interest, Sink sink);

  /** Explicit, bounded look over all records that match. Shape: {@code size} 1..10_000; {@code cursor} null for the first. */
  CompletionStage<Page> scan(Interest interest, int size, @Nullable String cursor);
}
