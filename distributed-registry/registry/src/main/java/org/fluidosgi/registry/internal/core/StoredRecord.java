package org.fluidosgi.registry.internal.core;

import org.fluidosgi.registry.RegistryRecord;

/** A record with the hash of its encoded form. A node's own record has that form too, for those who read its snapshot; nobody passes on
 * another's, so of others' records it is not kept. The array is not to be changed. */
@SuppressWarnings("ArrayRecordComponent")
record StoredRecord(RegistryRecord record, byte[] bytes, long hash) {
  private static final byte[] NOT_KEPT = {};

  /** A record of this node. */
  static StoredRecord of(RegistryRecord record, byte[] bytes) {
    return new StoredRecord(record, bytes, RecordCodec.hash(bytes));
  }

  /** A record of another node, as it was read from these bytes. */
  static StoredRecord received(RegistryRecord record, byte[] bytes) {
    return new StoredRecord(record, NOT_KEPT, RecordCodec.hash(bytes));
  }
}
