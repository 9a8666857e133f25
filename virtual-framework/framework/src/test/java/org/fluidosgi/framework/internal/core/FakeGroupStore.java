package org.fluidosgi.framework.internal.core;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.Versioned;

/** A group store in memory; what is written is not told to watchers later. */
final class FakeGroupStore implements GroupStore {
  final Map<String, Versioned> entries = new HashMap<>();

  @Override
  public synchronized CompletionStage<Versioned> read(String key) {
    return CompletableFuture.completedFuture(entries.getOrDefault(key, new Versioned(0, null)));
  }

  @Override
  public synchronized CompletionStage<Versioned> compareAndSet(
      String key, long version, byte[] value) {
    Versioned found = entries.getOrDefault(key, new Versioned(0, null));
    if (found.version() != version) {
      return CompletableFuture.failedFuture(new ConflictException(key, version, found));
    }
    Versioned now = new Versioned(version + 1, value);
    entries.put(key, now);
    return CompletableFuture.completedFuture(now);
  }

  @Override
  public synchronized Registration watch(String prefix, Watcher watcher) {
    entries.forEach((key, value) -> {
      if (key.startsWith(prefix)) {
        watcher.changed(key, value);
      }
    });
    return () -> {};
  }
}
