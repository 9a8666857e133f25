package org.fluidosgi.registry.internal.core;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.registry.RegistryStore;

/** Messages as bytes.
 * Byte table (big endian):
 *
 * <pre>
 * every message    u8 version = 1, u8 kind, u128 framework UUID, i64 counter of the incarnation; then
 * 1 PUT            i64 seq, the record to the end
 * 2 WITHDRAW       i64 seq, text kind, text name
 * 3 DIGEST         i64 seq, u32 count, i64 hash
 * 4 SNAPSHOT_REQ   i64 seq or -1, u32 offset
 * 5 SNAPSHOT_CHUNK i64 seq or -1, u32 total, u32 offset, u32 count, count times: u32 length, record
 * </pre>
 */
final class MessageCodec {
  static final byte VERSION = 1;

  /** What comes before the content. */
  static final int HEADER_BYTES = 1 + 1 + 16 + 8;

  /** A chunk's bytes besides its records. */
  static final int CHUNK_BYTES = HEADER_BYTES + 8 + 4 + 4 + 4;

  private static final byte PUT = 1;
  private static final byte WITHDRAW = 2;
  private static final byte DIGEST = 3;
  private static final byte SNAPSHOT_REQUEST = 4;
  private static final byte SNAPSHOT_CHUNK = 5;

  private MessageCodec() {}

  static byte[] encode(RegistryMessage message) {
    if (message instanceof RegistryMessage.Put put) {
      return header(put, PUT, 8 + put.record().length)
          .putLong(put.seq())
          .put(put.record())
          .array();
    } else if (message instanceof RegistryMessage.Withdraw withdraw) {
      byte[] kind = WireText.bytes(withdraw.kind());
      byte[] name = WireText.bytes(withdraw.name());
      ByteBuffer to = header(withdraw, WITHDRAW, 8 + 2 + kind.length + 2 + name.length);
      to.putLong(withdraw.seq());
      WireText.put(to, kind);
      WireText.put(to, name);
      return to.array();
    } else if (message instanceof RegistryMessage.Digest digest) {
      return header(digest, DIGEST, 8 + 4 + 8)
          .putLong(digest.seq())
          .putInt(digest.count())
          .putLong(digest.hash())
          .array();
    } else if (message instanceof RegistryMessage.SnapshotRequest request) {
      return header(request, SNAPSHOT_REQUEST, 8 + 4)
          .putLong(request.seq())
          .putInt(request.offset())
          .array();
    }
    return encode((RegistryMessage.SnapshotChunk) message);
  }

  private static byte[] encode(RegistryMessage.SnapshotChunk chunk) {
    int length = CHUNK_BYTES - HEADER_BYTES;
    for (byte[] record : chunk.records()) {
      length += 4 + record.length;
    }
    ByteBuffer to = header(chunk, SNAPSHOT_CHUNK, length);
    to.putLong(chunk.seq()).putInt(chunk.total()).putInt(chunk.offset());
    to.putInt(chunk.records().size());
    for (byte[] record : chunk.records()) {
      to.putInt(record.length).put(record);
    }
    return to.array();
  }

  private static ByteBuffer header(RegistryMessage message, byte kind, int contentBytes) {
    UUID framework = message.incarnation().framework();
    return ByteBuffer.allocate(HEADER_BYTES + contentBytes)
        .put(VERSION)
        .put(kind)
        .putLong(framework.getMostSignificantBits())
        .putLong(framework.getLeastSignificantBits())
        .putLong(message.incarnation().counter());
  }

  /** The message of the bytes. Errors: UnknownMessageException for another version or kind, IllegalArgumentException for
   * anything malformed. */
  static RegistryMessage decode(byte[] bytes) throws UnknownMessageException {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    try {
      byte version = from.get();
      byte kind = from.get();
      if (version != VERSION) {
        throw new UnknownMessageException("version " + version);
      }
      if (kind < PUT || kind > SNAPSHOT_CHUNK) {
        throw new UnknownMessageException("kind " + kind);
      }
      Incarnation incarnation =
          new Incarnation(new UUID(from.getLong(), from.getLong()), from.getLong());
      RegistryMessage message = content(kind, incarnation, from);
      if (from.hasRemaining()) {
        throw new IllegalArgumentException(from.remaining() + " bytes after the message");
      }
      return message;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a message of " + bytes.length + " bytes is cut off", e);
    }
  }

  private static RegistryMessage content(byte kind, Incarnation incarnation, ByteBuffer from) {
    return switch (kind) {
      case PUT -> new RegistryMessage.Put(incarnation, positive(from.getLong()), rest(from));
      case WITHDRAW ->
        new RegistryMessage.Withdraw(
            incarnation, positive(from.getLong()), WireText.get(from), WireText.get(from));
      case DIGEST ->
        new RegistryMessage.Digest(
            incarnation, notNegative(from.getLong()), count(from.getInt()), from.getLong());
      case SNAPSHOT_REQUEST ->
        new RegistryMessage.SnapshotRequest(incarnation, from.getLong(), count(from.getInt()));
      default -> chunk(incarnation, from);
    };
  }

  private static RegistryMessage chunk(Incarnation incarnation, ByteBuffer from) {
    long seq = from.getLong();
    int total = count(from.getInt());
    int offset = count(from.getInt());
    int count = count(from.getInt());
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = from.getInt();
      if (length < 0 || length > from.remaining()) {
        throw new IllegalArgumentException(
            "a record of " + length + " bytes in the last " + from.remaining());
      }
      byte[] record = new byte[length];
      from.get(record);
      records.add(record);
    }
    return new RegistryMessage.SnapshotChunk(incarnation, seq, total, offset, records);
  }

  private static byte[] rest(ByteBuffer from) {
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    return bytes;
  }

  private static long positive(long seq) {
    if (seq < 1) {
      throw new IllegalArgumentException("a write has the number " + seq + ", they count from 1");
    }
    return seq;
  }

  private static long notNegative(long seq) {
    if (seq < 0) {
      throw new IllegalArgumentException("a digest has the negative number " + seq);
    }
    return seq;
  }

  private static int count(int count) {
    if (count < 0 || count > RegistryStore.RECORDS_PER_OWNER_MAX) {
      throw new IllegalArgumentException("a count of " + count + " records, at most "
          + RegistryStore.RECORDS_PER_OWNER_MAX + " are allowed");
    }
    return count;
  }
}
