package org.fluidosgi.registry.internal.core;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.attributes.Attributes;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.internal.compact.SharedValues;

/** Records as bytes. Owner and incarnation are not among them: they are the sender's.
 * Byte table (big endian; text = u16 length, UTF-8):
 *
 * <pre>
 * text  kind
 * text  name
 * i64   term
 * i64   seq
 * u8    scope: 0 local, 1 group, 2 world
 * i64   ttl, milliseconds
 * u16   schema
 * u16   number of keys
 * text  key, in ascending order, each once
 * u32   length of the attributes
 *       attributes, CBOR
 * </pre>
 */
final class RecordCodec {
  private static final int FIXED_BYTES = 2 + 2 + 8 + 8 + 1 + 8 + 2 + 2 + 4;

  private RecordCodec() {}

  /** The bytes. Errors: IllegalArgumentException naming the limit that is passed. */
  static byte[] encode(RegistryRecord record, byte[] attributes) {
    byte[] kind = WireText.bytes(record.id().kind());
    byte[] name = WireText.bytes(record.id().name());
    Set<String> keys = new TreeSet<>(record.keys());
    if (keys.size() > RegistryStore.KEYS_PER_RECORD_MAX) {
      throw new IllegalArgumentException(describe(record.id()) + " has " + keys.size()
          + " keys, at most " + RegistryStore.KEYS_PER_RECORD_MAX + " are allowed");
    }
    long length = (long) FIXED_BYTES + kind.length + name.length + attributes.length;
    byte[][] encodedKeys = new byte[keys.size()][];
    int i = 0;
    for (String key : keys) {
      checkKey(key);
      encodedKeys[i] = WireText.bytes(key);
      length += 2 + encodedKeys[i++].length;
    }
    if (length > RegistryStore.RECORD_BYTES_MAX) {
      throw new IllegalArgumentException(describe(record.id()) + " takes " + length
          + " bytes, at most " + RegistryStore.RECORD_BYTES_MAX
          + " are allowed: keep large content elsewhere");
    }
    ByteBuffer to = ByteBuffer.allocate((int) length);
    WireText.put(to, kind);
    WireText.put(to, name);
    to.putLong(record.term()).putLong(record.seq());
    to.put((byte) record.scope().ordinal());
    to.putLong(record.ttl().toMillis());
    to.putShort((short) record.schema());
    to.putShort((short) encodedKeys.length);
    for (byte[] key : encodedKeys) {
      WireText.put(to, key);
    }
    to.putInt(attributes.length).put(attributes);
    return to.array();
  }

  /** The record of the bytes, of that owner. Errors: IllegalArgumentException on anything malformed. */
  static StoredRecord decode(
      NodeId owner, Incarnation incarnation, byte[] bytes, SharedValues shared) {
    if (bytes.length > RegistryStore.RECORD_BYTES_MAX) {
      throw new IllegalArgumentException("a record of " + bytes.length + " bytes, at most "
          + RegistryStore.RECORD_BYTES_MAX + " are allowed");
    }
    ByteBuffer from = ByteBuffer.wrap(bytes);
    try {
      RecordId id = new RecordId(owner, shared.text(WireText.get(from)), WireText.get(from));
      long term = from.getLong();
      long seq = from.getLong();
      RegistryRecord.Scope scope = scope(from.get());
      Duration ttl = Duration.ofMillis(from.getLong());
      int schema = from.getShort() & 0xffff;
      Set<String> keys = keys(from, shared);
      byte[] attributes = new byte[remaining(from)];
      from.get(attributes);
      RegistryRecord record = new RegistryRecord(
          id,
          incarnation,
          term,
          seq,
          scope,
          ttl,
          schema,
          keys,
          Attributes.decode(attributes, shared));
      return StoredRecord.received(record, bytes);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a record is cut off", e);
    }
  }

  private static RegistryRecord.Scope scope(byte code) {
    return switch (code) {
      case 0 -> RegistryRecord.Scope.LOCAL;
      case 1 -> RegistryRecord.Scope.GROUP;
      case 2 -> RegistryRecord.Scope.WORLD;
      default -> throw new IllegalArgumentException("a record has the unknown scope " + code);
    };
  }

  private static Set<String> keys(ByteBuffer from, SharedValues shared) {
    int count = from.getShort() & 0xffff;
    if (count > RegistryStore.KEYS_PER_RECORD_MAX) {
      throw new IllegalArgumentException("a record has " + count + " keys, at most "
          + RegistryStore.KEYS_PER_RECORD_MAX + " are allowed");
    }
    Set<String> keys = new LinkedHashSet<>();
    for (int i = 0; i < count; i++) {
      String key = shared.text(WireText.get(from));
      checkKey(key);
      keys.add(key);
    }
    return shared.keys(keys);
  }

  private static int remaining(ByteBuffer from) {
    int length = from.getInt();
    if (length != from.remaining()) {
      throw new IllegalArgumentException(
          "a record claims " + length + " bytes of attributes and has " + from.remaining());
    }
    return length;
  }

  private static void checkKey(String key) {
    if (key.isBlank() || key.length() > RegistryStore.KEY_CHARS_MAX) {
      throw new IllegalArgumentException(
          "a key has 1.." + RegistryStore.KEY_CHARS_MAX + " characters, not " + key.length());
    }
  }

  static String describe(RecordId id) {
    return "record " + id.kind() + "/" + id.name();
  }

  /** FNV-1a over the bytes, 64 bits: what the digest adds up. */
  static long hash(byte[] bytes) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : bytes) {
      hash ^= each & 0xff;
      hash *= 0x100000001b3L;
    }
    return hash;
  }
}
