package org.fluidosgi.groupstore.internal.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.Versioned;
import org.jspecify.annotations.Nullable;

/** The group store of a node that decides alone: all entries in memory, every write first on its disk.
 * Invariant: what is read is on disk. Threads: the disk thread owns log and writes; reads come from any thread; watchers are
 * called on the node's task queue. Stages complete on the disk thread: dependents must not block. */
public final class FileGroupStore implements GroupStore {
  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  /** Most characters of a key. */
  public static final int KEY_CHARS_MAX = Keys.CHARS_MAX;

  /** Longest value, in bytes. */
  public static final int VALUE_BYTES_MAX = 1024 * 1024;

  /** Most entries. */
  public static final int ENTRIES_MAX = 100_000;

  /** Most bytes of all keys and values together. */
  public static final long TOTAL_BYTES_MAX = 256L * 1024 * 1024;

  /** Most writes that wait for the disk; beyond it writes fail. */
  public static final int PENDING_MAX = 10_000;

  /** The log is rewritten when it is longer than this and mostly outdated. */
  static final long COMPACT_BYTES_MIN = 1024 * 1024;

  static final int COMPACT_FACTOR = 4;

  /** No user's key: stands in a compacted log for a removal that had the highest version. */
  private static final String LAST_VERSION_KEY = "";

  private final String node;
  private final Path folder;
  private final Executor diskThread;
  private final GroupLog log;
  private final ConcurrentSkipListMap<String, Versioned> entries = new ConcurrentSkipListMap<>();
  private final Watchers watchers;
  private final AtomicInteger pending = new AtomicInteger();
  private final long compactBytesMin;
  private long compactFrom;
  private long liveBytes;
  private long lastVersion;
  private boolean failing;
  private boolean closed;

  /** Opens the store of that folder; on the disk thread.
   * Errors: IOException naming the file and what to do. */
  public static FileGroupStore open(
      String node, Path folder, Executor diskThread, Executor watchThread) throws IOException {
    return new FileGroupStore(
        node, folder, diskThread, watchThread, FileChannel::open, COMPACT_BYTES_MIN);
  }

  FileGroupStore(
      String node,
      Path folder,
      Executor diskThread,
      Executor watchThread,
      GroupLog.Disk disk,
      long compactBytesMin)
      throws IOException {
    this.node = node;
    this.folder = folder;
    this.diskThread = diskThread;
    watchers = new Watchers(node, watchThread);
    this.compactBytesMin = compactBytesMin;
    compactFrom = compactBytesMin;
    log = GroupLog.open(folder, GroupLog.ENTRIES, disk, this::restore);
    LOG.log(Level.DEBUG, node + ": the group store has " + entries.size() + " entries");
  }

  private void restore(byte[] content) {
    LogEntry entry = LogEntry.decode(content);
    if (entry.version() <= lastVersion) {
      throw new IllegalArgumentException("version " + entry.version() + " after " + lastVersion);
    }
    apply(entry);
  }

  private void apply(LogEntry entry) {
    lastVersion = entry.version();
    byte[] value = entry.value();
    Versioned before = value == null
        ? entries.remove(entry.key())
        : entries.put(entry.key(), new Versioned(entry.version(), value));
    liveBytes += (value == null ? 0 : bytes(entry.key(), value))
        - (before == null || before.value() == null ? 0 : bytes(entry.key(), before.value()));
  }

  private static long bytes(String key, byte[] value) {
    return 32L + key.length() + value.length;
  }

  @Override
  public CompletionStage<Versioned> read(String key) {
    return CompletableFuture.completedFuture(entry(Keys.check(key)));
  }

  private Versioned entry(String key) {
    return entries.getOrDefault(key, new Versioned(0, null));
  }

  @Override
  public CompletionStage<Versioned> compareAndSet(
      String key, long version, byte @Nullable [] value) {
    Keys.check(key);
    if (value != null && value.length > VALUE_BYTES_MAX) {
      throw new IllegalArgumentException(key + ": a value of " + value.length + " bytes, at most "
          + VALUE_BYTES_MAX + " are allowed");
    }
    byte[] copy = value == null ? null : value.clone();
    CompletableFuture<Versioned> done = new CompletableFuture<>();
    if (pending.incrementAndGet() > PENDING_MAX) {
      pending.decrementAndGet();
      done.completeExceptionally(new IllegalStateException(
          PENDING_MAX + " writes wait for the disk of " + folder + ": try again later"));
      return done;
    }
    onDisk(done, () -> {
      pending.decrementAndGet();
      write(done, key, version, copy);
    });
    return done;
  }

  private void write(
      CompletableFuture<Versioned> done, String key, long version, byte @Nullable [] value) {
    try {
      Versioned found = entry(key);
      if (found.version() != version) {
        done.completeExceptionally(new ConflictException(key, version, found));
        return;
      }
      if (value != null || found.value() != null) {
        checkRoom(key, found, value);
        LogEntry entry = new LogEntry(lastVersion + 1, key, value);
        log.append(entry.encode());
        failing = false;
        apply(entry);
        watchers.tell(key, entry(key));
        compactIfWorthIt();
      }
      done.complete(entry(key));
    } catch (IOException e) {
      LOG.log(
          failing ? Level.DEBUG : Level.ERROR,
          node + ": the group store cannot write, other writes are tried: " + e.getMessage(),
          e);
      failing = true;
      done.completeExceptionally(
          new UncheckedIOException("the group store cannot write: " + e.getMessage(), e));
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
  }

  private void checkRoom(String key, Versioned found, byte @Nullable [] value) {
    if (value == null) {
      return;
    }
    if (found.value() == null && entries.size() >= ENTRIES_MAX) {
      throw new IllegalStateException(
          "the group store has " + ENTRIES_MAX + " entries, the most allowed: remove some");
    }
    if (liveBytes + bytes(key, value) > TOTAL_BYTES_MAX) {
      throw new IllegalStateException("the group store holds " + liveBytes + " bytes of the "
          + TOTAL_BYTES_MAX + " allowed: remove some entries");
    }
  }

  /** Rewriting is no part of a write: when it fails the longer log goes on, and is tried again when it has doubled. */
  private void compactIfWorthIt() {
    if (log.length() < compactFrom || log.length() < COMPACT_FACTOR * liveBytes) {
      return;
    }
    try {
      List<LogEntry> live = new ArrayList<>();
      entries.forEach((key, entry) -> live.add(new LogEntry(entry.version(), key, entry.value())));
      live.sort(Comparator.comparingLong(LogEntry::version));
      if (live.isEmpty() || live.get(live.size() - 1).version() < lastVersion) {
        live.add(new LogEntry(lastVersion, LAST_VERSION_KEY, null)); // no version is given twice
      }
      log.compact(live.stream().map(LogEntry::encode)::iterator);
      compactFrom = compactBytesMin;
    } catch (IOException e) {
      compactFrom = 2 * log.length();
      LOG.log(Level.WARNING, node + ": the group store cannot be compacted: " + e.getMessage(), e);
    }
  }

  @Override
  public Registration watch(String prefix, Watcher watcher) {
    return watchers.add(prefix, watcher, entries, task -> onDisk(new CompletableFuture<>(), task));
  }

  private void onDisk(CompletableFuture<Versioned> done, Runnable task) {
    try {
      diskThread.execute(() -> {
        if (closed) {
          done.completeExceptionally(stopped());
        } else {
          task.run();
        }
      });
    } catch (RejectedExecutionException e) {
      done.completeExceptionally(stopped());
    }
  }

  private static IllegalStateException stopped() {
    return new IllegalStateException("the group store of this node has stopped");
  }

  /** Closes the file; on the disk thread. Writes that come later fail. */
  public void close() {
    closed = true;
    watchers.close();
    try {
      log.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, node + ": closing the group store in " + folder + " failed", e);
    }
  }

  /** The entries in that folder's log, in pieces of a snapshot: what an agreed store begins with. */
  public static List<byte[]> content(Path folder) throws IOException {
    Entries content = new Entries();
    try (GroupLog log = GroupLog.open(
        folder,
        GroupLog.ENTRIES,
        FileChannel::open,
        record -> content.put(LogEntry.decode(record)))) {
      List<byte[]> pieces = new ArrayList<>();
      content.snapshot(pieces::add);
      return pieces;
    }
  }

  /** Name of the log. */
  public static String file() {
    return GroupLog.ENTRIES.file();
  }
}
