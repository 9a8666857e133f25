package org.fluidosgi.groupstore.internal.core;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.fluidosgi.groupstore.Versioned;
import org.jspecify.annotations.Nullable;

/** The entries of one group and how a write changes them, the same at every voter.
 * Invariant: the content depends on the writes applied and their order only; versions rise and are never given twice.
 * Threads: one writes; reads of entries come from any. */
public final class Entries {
  /** Changes that are remembered for those who follow; who is further behind reads everything again. */
  public static final int CHANGES_MAX = 10_000;

  /** Bytes of entries in one piece of a snapshot; a larger entry has a piece of its own. */
  static final int PIECE_BYTES = 256 * 1024;

  private final int changesMax;
  private final ConcurrentSkipListMap<String, Versioned> entries = new ConcurrentSkipListMap<>();
  private final Deque<Change> changes = new ArrayDeque<>();
  private volatile long lastVersion;
  private long changesFrom;
  private long bytes;

  /** None yet, with the usual limit. */
  public Entries() {
    this(CHANGES_MAX);
  }

  /** None yet. Shape: so many changes are remembered. */
  public Entries(int changesMax) {
    this.changesMax = changesMax;
  }

  /** The write of that version was to that key. */
  private record Change(long version, String key) {}

  /** Some entries: all with their key after the one asked for, or those that changed.
   * Shape: {@code upTo} is the version up to which they tell everything. */
  public record Page(List<LogEntry> entries, long upTo, boolean more) {}

  /** The entry of that key; version 0 and no value when there is none. */
  public Versioned get(String key) {
    return entries.getOrDefault(key, new Versioned(0, null));
  }

  /** Every entry, in order of the keys. Not to be changed. */
  public Map<String, Versioned> all() {
    return entries;
  }

  /** The groups that were given up for this one, as far as they are remembered. */
  public Set<UUID> joined() {
    Set<UUID> joined = new TreeSet<>();
    for (String key : entries.tailMap(Keys.JOINED, true).keySet()) {
      if (!key.startsWith(Keys.JOINED)) {
        break;
      }
      joined.add(UUID.fromString(key.substring(Keys.JOINED.length())));
    }
    return joined;
  }

  /** The version given last. */
  public long lastVersion() {
    return lastVersion;
  }

  /** Bytes of keys and values together, with something for each entry. */
  public long bytes() {
    return bytes;
  }

  /** How many changes are remembered. */
  public int changes() {
    return changes.size();
  }

  /** Versions up to that were given. */
  void reach(long version) {
    lastVersion = Math.max(lastVersion, version);
  }

  /** Does what was decided. */
  public Outcome apply(Write write) {
    Versioned found = get(write.key());
    if (entries.containsKey(Keys.JOINED_INTO)) {
      return new Outcome.Ended();
    }
    if (found.version() != write.version()) {
      return new Outcome.Conflict(found);
    }
    byte[] value = write.value();
    if (value == null && found.value() == null) {
      return new Outcome.Written(found);
    }
    String full = value == null ? null : full(write.key(), found, value);
    if (full != null) {
      return new Outcome.Refused(full);
    }
    put(new LogEntry(lastVersion + 1, write.key(), value));
    return new Outcome.Written(get(write.key()));
  }

  private @Nullable String full(String key, Versioned found, byte[] value) {
    if (found.value() == null && entries.size() >= FileGroupStore.ENTRIES_MAX) {
      return "the group store has " + FileGroupStore.ENTRIES_MAX
          + " entries, the most allowed: remove some";
    }
    if (bytes + size(key, value) > FileGroupStore.TOTAL_BYTES_MAX) {
      return "the group store holds " + bytes + " bytes of the " + FileGroupStore.TOTAL_BYTES_MAX
          + " allowed: remove some entries";
    }
    return null;
  }

  /** Enters it as it is, whatever was there. */
  void put(LogEntry entry) {
    byte[] value = entry.value();
    Versioned before = value == null
        ? entries.remove(entry.key())
        : entries.put(entry.key(), new Versioned(entry.version(), value));
    bytes += (value == null ? 0 : size(entry.key(), value))
        - (before == null || before.value() == null ? 0 : size(entry.key(), before.value()));
    lastVersion = Math.max(lastVersion, entry.version());
    changes.add(new Change(entry.version(), entry.key()));
    if (changes.size() > changesMax) {
      changesFrom = changes.remove().version();
    }
  }

  private static long size(String key, byte[] value) {
    return 32L + key.length() + value.length;
  }

  /** What changed after that version, at most about so many bytes; empty when that is too long ago. On the writing thread. */
  public Optional<Page> changedAfter(long version, int bytesMax) {
    if (version < changesFrom || version > lastVersion) {
      return Optional.empty();
    }
    Map<String, Long> keys = new TreeMap<>();
    long upTo = version;
    long size = 0;
    boolean more = false;
    for (Change change : changes) {
      if (change.version() <= version) {
        continue;
      }
      byte[] value = get(change.key()).value();
      long add = size(change.key(), value == null ? new byte[0] : value);
      if (size > 0 && size + add > bytesMax) {
        more = true;
        break;
      }
      size += keys.put(change.key(), change.version()) == null ? add : 0;
      upTo = change.version();
    }
    List<LogEntry> page = new ArrayList<>();
    for (Map.Entry<String, Long> each : keys.entrySet()) {
      Versioned now = get(each.getKey());
      long at = now.value() == null ? each.getValue() : now.version();
      if (at <= upTo) { // else it changed again and stands on a later page
        page.add(new LogEntry(at, each.getKey(), now.value()));
      }
    }
    return Optional.of(new Page(page, upTo, more));
  }

  /** The entries with greater keys, at most about so many bytes. On the writing thread. */
  public Page after(String key, int bytesMax) {
    List<LogEntry> page = new ArrayList<>();
    long size = 0;
    for (Map.Entry<String, Versioned> each : entries.tailMap(key, false).entrySet()) {
      byte[] value = each.getValue().value();
      size += size(each.getKey(), value == null ? new byte[0] : value);
      if (!page.isEmpty() && size > bytesMax) {
        return new Page(page, lastVersion, true);
      }
      page.add(new LogEntry(each.getValue().version(), each.getKey(), value));
    }
    return new Page(page, lastVersion, false);
  }

  /** Gives away a copy of everything, in pieces: i64 last version, then entries, each u32 length and content. */
  public void snapshot(Consumer<byte[]> pieces) {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    piece.writeBytes(number(lastVersion));
    for (Map.Entry<String, Versioned> each : entries.entrySet()) {
      byte[] content =
          new LogEntry(each.getValue().version(), each.getKey(), each.getValue().value()).content();
      if (piece.size() > Long.BYTES && piece.size() + content.length > PIECE_BYTES) {
        pieces.accept(piece.toByteArray());
        piece.reset();
        piece.writeBytes(number(lastVersion));
      }
      piece.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
      piece.writeBytes(content);
    }
    pieces.accept(piece.toByteArray());
  }

  /** A copy of everything, in pieces. */
  public List<byte[]> snapshot() {
    List<byte[]> pieces = new ArrayList<>();
    snapshot(pieces::add);
    return pieces;
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  /** Becomes what a snapshot says. Errors: IllegalArgumentException when a piece makes no sense; then nothing changed. */
  public void install(List<byte[]> pieces) {
    List<LogEntry> read = new ArrayList<>();
    long last = 0;
    for (byte[] piece : pieces) {
      ByteBuffer from = ByteBuffer.wrap(piece);
      if (from.remaining() < Long.BYTES) {
        throw new IllegalArgumentException("a piece of a snapshot of " + piece.length + " bytes");
      }
      last = Math.max(last, from.getLong());
      while (from.hasRemaining()) {
        read.add(entry(from));
      }
    }
    entries.clear();
    changes.clear();
    bytes = 0;
    read.forEach(this::put);
    changes.clear();
    lastVersion = Math.max(last, lastVersion);
    changesFrom = lastVersion;
  }

  /** Forgets the store's own keys: what happened to another group. */
  public void forgetOwn() {
    for (String key : List.copyOf(entries.keySet())) {
      if (Keys.isOwn(key)) {
        put(new LogEntry(lastVersion + 1, key, null));
      }
    }
  }

  private static LogEntry entry(ByteBuffer from) {
    int length = from.remaining() < 4 ? -1 : from.getInt();
    if (length < LogEntry.FIXED_BYTES || length > from.remaining()) {
      throw new IllegalArgumentException(
          "an entry of " + length + " bytes where " + from.remaining() + " are left");
    }
    byte[] content = new byte[length];
    from.get(content);
    return LogEntry.decode(content);
  }
}
