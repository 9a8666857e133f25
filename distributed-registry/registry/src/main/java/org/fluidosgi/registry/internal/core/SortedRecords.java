package org.fluidosgi.registry.internal.core;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.RecordId;
import org.jspecify.annotations.Nullable;

/** Records of one kind in {@link KeyIndex#ORDER}. A change makes another one that shares nearly all with this: who reads one sees a
 * moment.
 * Shape: sorted chunks of at most {@value #CHUNK_MAX} records, none empty; some four bytes for a record. A change copies one chunk and
 * the list of chunks. Threads: immutable. */
final class SortedRecords {
  static final SortedRecords NONE = new SortedRecords(new StoredRecord[0][], 0);

  /** Most records of a chunk. */
  static final int CHUNK_MAX = 256;

  private final StoredRecord[][] chunks;
  private final int size;

  private SortedRecords(StoredRecord[][] chunks, int size) {
    this.chunks = chunks;
    this.size = size;
  }

  int size() {
    return size;
  }

  @Nullable
  StoredRecord get(RecordId id) {
    if (size == 0) {
      return null;
    }
    StoredRecord[] chunk = chunks[chunkOf(id)];
    int at = find(chunk, id);
    return at < 0 ? null : chunk[at];
  }

  /** The same with that record, in the place of one of the same id. */
  SortedRecords with(StoredRecord now) {
    if (size == 0) {
      return new SortedRecords(new StoredRecord[][] {{now}}, 1);
    }
    RecordId id = now.record().id();
    int c = chunkOf(id);
    StoredRecord[] chunk = chunks[c];
    int at = find(chunk, id);
    if (at >= 0) {
      StoredRecord[] copy = chunk.clone();
      copy[at] = now;
      return new SortedRecords(replaced(c, copy), size);
    }
    at = -at - 1;
    if (chunk.length < CHUNK_MAX) {
      return new SortedRecords(replaced(c, inserted(chunk, at, now)), size + 1);
    }
    // Names that count up leave full chunks behind.
    int cut = at == chunk.length ? at : chunk.length / 2;
    StoredRecord[] low = Arrays.copyOfRange(chunk, 0, cut);
    StoredRecord[] high = Arrays.copyOfRange(chunk, cut, chunk.length);
    if (at < cut) {
      low = inserted(low, at, now);
    } else {
      high = inserted(high, at - cut, now);
    }
    return new SortedRecords(replaced(c, low, high), size + 1);
  }

  /** The same without the record of that id. */
  SortedRecords without(RecordId id) {
    if (size == 0) {
      return this;
    }
    int c = chunkOf(id);
    StoredRecord[] chunk = chunks[c];
    int at = find(chunk, id);
    if (at < 0) {
      return this;
    }
    if (size == 1) {
      return NONE;
    }
    StoredRecord[] rest = new StoredRecord[chunk.length - 1];
    System.arraycopy(chunk, 0, rest, 0, at);
    System.arraycopy(chunk, at + 1, rest, at, rest.length - at);
    if (rest.length == 0) {
      return new SortedRecords(replaced(c), size - 1);
    }
    int next = c + 1;
    if (next < chunks.length && rest.length + chunks[next].length <= CHUNK_MAX / 2) {
      return new SortedRecords(merged(c, rest, chunks[next]), size - 1);
    }
    if (c > 0 && rest.length + chunks[c - 1].length <= CHUNK_MAX / 2) {
      return new SortedRecords(merged(c - 1, chunks[c - 1], rest), size - 1);
    }
    return new SortedRecords(replaced(c, rest), size - 1);
  }

  private static StoredRecord[] inserted(StoredRecord[] chunk, int at, StoredRecord now) {
    StoredRecord[] more = new StoredRecord[chunk.length + 1];
    System.arraycopy(chunk, 0, more, 0, at);
    more[at] = now;
    System.arraycopy(chunk, at, more, at + 1, chunk.length - at);
    return more;
  }

  /** The chunks with these in the place of that one. */
  private StoredRecord[][] replaced(int c, StoredRecord[]... by) {
    return spliced(c, c + 1, by);
  }

  /** The chunks with one in the place of that one and the next. */
  private StoredRecord[][] merged(int c, StoredRecord[] low, StoredRecord[] high) {
    StoredRecord[] one = Arrays.copyOf(low, low.length + high.length);
    System.arraycopy(high, 0, one, low.length, high.length);
    return spliced(c, c + 2, one);
  }

  private StoredRecord[][] spliced(int from, int to, StoredRecord[]... by) {
    StoredRecord[][] all = new StoredRecord[chunks.length - (to - from) + by.length][];
    System.arraycopy(chunks, 0, all, 0, from);
    System.arraycopy(by, 0, all, from, by.length);
    System.arraycopy(chunks, to, all, from + by.length, chunks.length - to);
    return all;
  }

  /** The chunk that holds the id if one does: the last that begins at or before it. */
  private int chunkOf(RecordId id) {
    int low = 0;
    int high = chunks.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (KeyIndex.ORDER.compare(chunks[middle][0].record().id(), id) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Its position, else what it would be, negative, less one. */
  private static int find(StoredRecord[] chunk, RecordId id) {
    int low = 0;
    int high = chunk.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = KeyIndex.ORDER.compare(chunk[middle].record().id(), id);
      if (order == 0) {
        return middle;
      } else if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  /** From behind that id, of that owner only; null = no such bound. */
  Iterator<StoredRecord> from(@Nullable RecordId behind, @Nullable NodeId owner) {
    if (behind == null && owner == null) {
      return new Walk(0, 0, null);
    }
    int low = 0;
    int high = chunks.length;
    while (low < high) { // the first chunk whose last record is within
      int middle = (low + high) >>> 1;
      StoredRecord[] chunk = chunks[middle];
      if (isBefore(chunk[chunk.length - 1], behind, owner)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int c = low;
    low = 0;
    high = c < chunks.length ? chunks[c].length : 0;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(chunks[c][middle], behind, owner)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return new Walk(c, low, owner);
  }

  private static boolean isBefore(
      StoredRecord stored, @Nullable RecordId behind, @Nullable NodeId owner) {
    RecordId id = stored.record().id();
    return (behind != null && KeyIndex.ORDER.compare(id, behind) <= 0)
        || (owner != null && id.owner().compareTo(owner) < 0);
  }

  private final class Walk implements Iterator<StoredRecord> {
    private int chunk;
    private int at;
    private final @Nullable NodeId owner;

    Walk(int chunk, int at, @Nullable NodeId owner) {
      this.chunk = chunk;
      this.at = at;
      this.owner = owner;
    }

    @Override
    public boolean hasNext() {
      return chunk < chunks.length
          && (owner == null || chunks[chunk][at].record().id().owner().equals(owner));
    }

    @Override
    public StoredRecord next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      StoredRecord stored = chunks[chunk][at++];
      if (at == chunks[chunk].length) {
        chunk++;
        at = 0;
      }
      return stored;
    }
  }
}
