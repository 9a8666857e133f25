package org.fluidosgi.groupstore.internal.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
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
record LogEntry(long version, String key, byte @Nullable [] value) {
  static final int HEAD_BYTES = 8;
  private static final int FIXED_BYTES = 8 + 1 + 2;

  /** Longest content: the longest key in UTF-8 and the longest value. */
  static final int CONTENT_BYTES_MAX =
      FIXED_BYTES + 3 * FileGroupStore.KEY_CHARS_MAX + FileGroupStore.VALUE_BYTES_MAX;

  byte[] encode() {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    int length = FIXED_BYTES + name.length + (value == null ? 0 : value.length);
    ByteBuffer to = ByteBuffer.allocate(HEAD_BYTES + length);
    to.position(HEAD_BYTES);
    to.putLong(version);
    to.put((byte) (value == null ? 0 : 1));
    to.putShort((short) name.length);
    to.put(name);
    if (value != null) {
      to.put(value);
    }
    to.putInt(0, length).putInt(4, checksum(to.array(), HEAD_BYTES, length));
    return to.array();
  }

  /** The entry of a content whose checksum was right. Errors: IllegalArgumentException when it makes no sense. */
  static LogEntry decode(byte[] content) {
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

  static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /** Least length of a content. */
  static boolean isLength(int length) {
    return length >= FIXED_BYTES && length <= CONTENT_BYTES_MAX;
  }
}
