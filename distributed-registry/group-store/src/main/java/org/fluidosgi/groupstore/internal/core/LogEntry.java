package org.fluidosgi.groupstore.internal.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One write as it stands in the log.
 * Byte table (big endian):
 *
 * <pre>
 * u32  length of what follows the checksum
 * u32  CRC-32C of what follows
 * i64  version, 1 or more; rises from entry to entry
 * u8   1 = value, 0 = removed
 * u16  length of the key
 *      key, UTF-8
 *      value
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent")
public record LogEntry(long version, String key, byte @Nullable [] value) {
  /** Shortest content. */
  public static final int FIXED_BYTES = 8 + 1 + 2;

  /** Longest content: the longest key in UTF-8 and the longest value. */
  public static final int CONTENT_BYTES_MAX =
      FIXED_BYTES + 3 * FileGroupStore.KEY_CHARS_MAX + FileGroupStore.VALUE_BYTES_MAX;

  /** As a record of the log, with length and checksum. */
  public byte[] encode() {
    return GroupLog.frame(content());
  }

  /** The content alone. */
  public byte[] content() {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    ByteBuffer to =
        ByteBuffer.allocate(FIXED_BYTES + name.length + (value == null ? 0 : value.length));
    to.putLong(version);
    to.put((byte) (value == null ? 0 : 1));
    to.putShort((short) name.length);
    to.put(name);
    if (value != null) {
      to.put(value);
    }
    return to.array();
  }

  /** The entry of a content whose checksum was right. Errors: IllegalArgumentException when it makes no sense. */
  public static LogEntry decode(byte[] content) {
    ByteBuffer from = ByteBuffer.wrap(content);
    long version = from.getLong();
    byte present = from.get();
    int length = from.getShort() & 0xffff;
    if (version < 1 || present < 0 || present > 1 || length > from.remaining()) {
      throw new IllegalArgumentException(
          "version " + version + ", flag " + present + ", key of " + length + " bytes");
    }
    String key = new String(content, from.position(), length, StandardCharsets.UTF_8);
    from.position(from.position() + length);
    byte[] value = new byte[from.remaining()];
    from.get(value);
    return new LogEntry(version, key, present == 1 ? value : null);
  }
}
