package org.fluidosgi.registry.internal.core;

import java.util.List;
import org.fluidosgi.channel.Incarnation;

/** What owners and their readers tell each other. {@link MessageCodec} holds the byte tables. */
sealed interface RegistryMessage {
  /** Of the sender. */
  Incarnation incarnation();

  /** One write of the sender: a record is published or modified. */
  @SuppressWarnings("ArrayRecordComponent")
  record Put(Incarnation incarnation, long seq, byte[] record) implements RegistryMessage {}

  /** One write of the sender: a record is withdrawn. */
  record Withdraw(Incarnation incarnation, long seq, String kind, String name)
      implements RegistryMessage {}

  /** What the sender's records add up to after its write {@code seq}. */
  record Digest(Incarnation incarnation, long seq, int count, long hash)
      implements RegistryMessage {}

  /** Request: the receiver's records from {@code offset} on, as they were at {@code seq}; {@link #NEWEST} for now. */
  record SnapshotRequest(Incarnation incarnation, long seq, int offset) implements RegistryMessage {
    static final long NEWEST = -1;
  }

  /** Answer: some of the {@code total} records there were at {@code seq}; {@code seq} {@link #GONE} when that state is not
   * kept any more. */
  record SnapshotChunk(
      Incarnation incarnation, long seq, int total, int offset, List<byte[]> records)
      implements RegistryMessage {
    static final long GONE = -1;
  }
}
