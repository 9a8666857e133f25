package org.fluidosgi.rsa.internal.lease;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.attributes.Attributes;

/** Requests and answers on a stream to endpoint {@code rsa.lease}, version 1.
 * <pre>
 * request  u8 version = 1 | u8 kind = 1
 * answer   u8 version = 1 | u8 flags: bit 0 the snapshot is whole | u32 lease ms | u32 n, changes
 * change   u8 kind: 1 added, 2 modified, 3 removed | 16 bytes endpoint | 1 and 2: u32 n, properties
 * </pre>
 * Numbers are big endian, properties an attribute map (protocol-registry section 5). Threads: stateless. Source: protocol-rsa
 * section 7. */
public final class LeaseWire {
  /** Name of the channel endpoint. */
  public static final String ENDPOINT = "rsa.lease";

  static final int VERSION = 1;

  /** Bytes of changes after which an answer takes no more. */
  static final int ANSWER_BYTES = 128 * 1024;

  /** Most changes in an answer. */
  static final int ANSWER_CHANGES_MAX = 1_000;

  /** Most references of one stream. */
  public static final int REFERENCES_MAX = 100_000;

  /** Shortest lease. */
  public static final int LEASE_MILLIS_MIN = 100;

  /** Longest lease: a day. */
  public static final int LEASE_MILLIS_MAX = 86_400_000;

  private static final int NEXT = 1;
  private static final int SNAPSHOT = 1;
  private static final int FRONT_BYTES = 10;
  private static final int CHANGE_BYTES = 17;

  private LeaseWire() {}

  /** What the peer leases now, as far as it changed since its answer before.
   * Shape: {@code leaseMillis} from its arrival on, all leases of the stream hold, unless another answer comes. */
  public record Answer(boolean snapshotWhole, int leaseMillis, List<LeaseChange> changes) {
    public Answer {
      changes = List.copyOf(changes);
    }
  }

  /** Asks for what changed. */
  public static ByteBuffer request() {
    return ByteBuffer.wrap(new byte[] {VERSION, NEXT});
  }

  /** Errors: ChannelException, effect none. */
  static void checkRequest(ByteBuffer in) {
    if (in.remaining() < 2) {
      throw malformed("a request of " + in.remaining() + " bytes is too short");
    }
    checkVersion(in.get());
    int kind = in.get();
    if (kind != NEXT) {
      throw malformed("a request of kind " + kind);
    }
  }

  static int bytes(LeaseChange change) {
    return CHANGE_BYTES
        + (change.kind() == LeaseChange.Kind.REMOVED ? 0 : 4 + change.properties().length);
  }

  static ByteBuffer answer(Answer answer) {
    int bytes = FRONT_BYTES;
    for (LeaseChange change : answer.changes()) {
      bytes += bytes(change);
    }
    ByteBuffer out = ByteBuffer.allocate(bytes);
    out.put((byte) VERSION).put((byte) (answer.snapshotWhole() ? SNAPSHOT : 0));
    out.putInt(answer.leaseMillis()).putInt(answer.changes().size());
    for (LeaseChange change : answer.changes()) {
      out.put((byte) (change.kind().ordinal() + 1));
      out.putLong(change.endpoint().getMostSignificantBits());
      out.putLong(change.endpoint().getLeastSignificantBits());
      if (change.kind() != LeaseChange.Kind.REMOVED) {
        out.putInt(change.properties().length).put(change.properties());
      }
    }
    return out.flip();
  }

  /** Errors: ChannelException saying what is malformed. */
  public static Answer readAnswer(ByteBuffer in) {
    if (in.remaining() < FRONT_BYTES) {
      throw malformed("an answer of " + in.remaining() + " bytes is too short");
    }
    checkVersion(in.get());
    boolean whole = (in.get() & SNAPSHOT) != 0;
    int leaseMillis = in.getInt();
    if (leaseMillis < LEASE_MILLIS_MIN || leaseMillis > LEASE_MILLIS_MAX) {
      throw malformed("a lease of " + Integer.toUnsignedString(leaseMillis) + " ms, not "
          + LEASE_MILLIS_MIN + ".." + LEASE_MILLIS_MAX);
    }
    int count = in.getInt();
    if (count < 0 || count > in.remaining() / CHANGE_BYTES) {
      throw malformed(Integer.toUnsignedString(count) + " changes in " + in.remaining() + " bytes");
    }
    List<LeaseChange> changes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      changes.add(readChange(in));
    }
    if (in.hasRemaining()) {
      throw malformed(in.remaining() + " bytes after the last change");
    }
    return new Answer(whole, leaseMillis, changes);
  }

  private static LeaseChange readChange(ByteBuffer in) {
    if (in.remaining() < CHANGE_BYTES) {
      throw malformed("a change is longer than the answer");
    }
    int number = in.get();
    LeaseChange.Kind[] kinds = LeaseChange.Kind.values();
    if (number < 1 || number > kinds.length) {
      throw malformed("a change of kind " + number);
    }
    LeaseChange.Kind kind = kinds[number - 1];
    UUID endpoint = new UUID(in.getLong(), in.getLong());
    if (kind == LeaseChange.Kind.REMOVED) {
      return new LeaseChange(kind, endpoint, new byte[0]);
    }
    int length = in.remaining() < 4 ? -1 : in.getInt();
    if (length < 0 || length > in.remaining() || length > Attributes.BYTES_MAX) {
      throw malformed(
          "properties are longer than the answer or than " + Attributes.BYTES_MAX + " bytes");
    }
    byte[] properties = new byte[length];
    in.get(properties);
    return new LeaseChange(kind, endpoint, properties);
  }

  private static void checkVersion(int version) {
    if (version != VERSION) {
      throw malformed("lease protocol version " + version + " is not known here, only " + VERSION);
    }
  }

  /** What is told of bytes that do not fit. */
  public static ChannelException malformed(String what) {
    return new ChannelException(Scope.STREAM, Effect.NONE, "malformed lease message: " + what);
  }
}
