package org.fluidosgi.groupstore;

import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Registration;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/** Small, strongly consistent key-value store for what must outlive its writer: ordinals, placement, configuration. A service.
 * Threads: any; nothing here blocks. Shape: keys are paths of 1..512 characters; values at most 1 MiB.
 * Source: architecture section 3. */
@ProviderType
public interface GroupStore {
  /** The entry of that key; version 0 and no value when there is none. Linearizable: it sees every write that was completed
   * before. Without a majority of the voters it answers from this node's copy and says {@link Versioned#stale()}. */
  CompletionStage<Versioned> read(String key);

  /** Writes when the key's version is still the given one (0 = absent); a null value removes. Completes once the write is on
   * the disks of a majority of the voters. Errors: {@link ConflictException} carrying the entry found; {@link
   * NoMajorityException}; IllegalStateException when the store is full or has stopped. */
  CompletionStage<Versioned> compareAndSet(String key, long version, byte @Nullable [] value);

  /** Tells of changes of keys with that prefix, after telling what is there. What is told was decided; several changes of a key
   * may be told as one. After joining another group's store the versions are those of that store. */
  Registration watch(String prefix, Watcher watcher);

  /** Told of changes. Threads: one call at a time. */
  @ConsumerType
  interface Watcher {
    /** The key has this entry now; no value = removed. */
    void changed(String key, Versioned now);
  }
}
