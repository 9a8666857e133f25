package org.fluidosgi.framework.internal.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.NoMajorityException;
import org.fluidosgi.groupstore.Versioned;

/** A group store in memory, of one node or of several; what is written is not told to watchers later. */
public class FakeGroupStore implements GroupStore {
  final Map<String, Versioned> entries = new HashMap<>();
  private boolean refusing;

  /** Keys of entries that are there. */
  public synchronized List<String> keys(String prefix) {
    return entries.keySet().stream()
        .filter(key -> key.startsWith(prefix) && entries.get(key).value() != null)
        .toList();
  }

  /** Whether a majority is missing from now on. */
  public synchronized void refuse(boolean now) {
    refusing = now;
  }

  @Override
  public synchronized CompletionStage<Versioned> read(String key) {
    return CompletableFuture.completedFuture(entries.getOrDefault(key, new Versioned(0, null)));
  }

  @Override
  public synchronized CompletionStage<Versioned> compareAndSet(
      String key, long version, byte[] value) {
    if (refusing) {
      return CompletableFuture.failedFuture(new NoMajorityException(
          ChannelException.Effect.NONE,
          1,
          3,
          "the group store cannot decide: 1 of 3 voters answer"));
    }
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
