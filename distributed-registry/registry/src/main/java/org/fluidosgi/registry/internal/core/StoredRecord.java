package org.fluidosgi.registry.internal.core;

import org.fluidosgi.registry.RegistryRecord;

/** A record with its encoded form and that form's hash. The array is not to be changed. */
@SuppressWarnings("ArrayRecordComponent")
record StoredRecord(RegistryRecord record, byte[] bytes, long hash) {
  static StoredRecord of(RegistryRecord record, byte[] bytes) {
    return new StoredRecord(record, bytes, RecordCodec.hash(bytes));
  }
}
