package org.fluidosgi.jgroups.internal.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;

/** A datagram of the search by multicast: a node of the group and where to dial it.
 * Shape: 8 bytes {@code FLUIDMC1}, 1 byte kind (1 asks, 2 answers), 16 bytes node UUID, 2 + n bytes host, 2 bytes port, 32 bytes
 * HMAC-SHA256 over all before it under a key of the group: it names the group and reveals neither token nor key. Nothing
 * follows. Threads: immutable. Source: protocol-cluster, section 8. */
record Sighting(boolean asks, NodeId node, NodeAddress address) {
  /** Longest datagram. */
  static final int BYTES_MAX = 512;

  private static final byte[] MAGIC = "FLUIDMC1".getBytes(StandardCharsets.US_ASCII);
  private static final byte ASKS = 1;
  private static final byte ANSWERS = 2;
  private static final int MAC_BYTES = 32;
  private static final int FIXED_BYTES = MAGIC.length + 1 + 2 * Long.BYTES + 2 * Short.BYTES;
  private static final String ALGORITHM = "HmacSHA256";

  /** Errors: IllegalArgumentException when the host is too long. */
  byte[] encode(byte[] key) {
    byte[] host = address.host().getBytes(StandardCharsets.UTF_8);
    int length = FIXED_BYTES + host.length;
    if (length + MAC_BYTES > BYTES_MAX) {
      throw new IllegalArgumentException(
          "the host of " + address + " is too long to be told by multicast");
    }
    ByteBuffer out = ByteBuffer.allocate(length + MAC_BYTES)
        .put(MAGIC)
        .put(asks ? ASKS : ANSWERS)
        .putLong(node.uuid().getMostSignificantBits())
        .putLong(node.uuid().getLeastSignificantBits())
        .putShort((short) host.length)
        .put(host)
        .putShort((short) address.port());
    sign(out.array(), key);
    return out.array();
  }

  /** Writes the code of what is before it into the last bytes. */
  static void sign(byte[] datagram, byte[] key) {
    int length = datagram.length - MAC_BYTES;
    System.arraycopy(mac(key, datagram, length), 0, datagram, length, MAC_BYTES);
  }

  /** Empty when it is none of this group, or none at all. */
  static Optional<Sighting> decode(byte[] datagram, byte[] key) {
    int length = datagram.length - MAC_BYTES;
    if (length < FIXED_BYTES
        || datagram.length > BYTES_MAX
        || !Arrays.equals(datagram, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        || !MessageDigest.isEqual(
            mac(key, datagram, length), Arrays.copyOfRange(datagram, length, datagram.length))) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(datagram, MAGIC.length, length - MAGIC.length);
    byte kind = in.get();
    NodeId node = new NodeId(new UUID(in.getLong(), in.getLong()));
    int hostBytes = in.getShort() & 0xffff;
    if (kind != ASKS && kind != ANSWERS || hostBytes != in.remaining() - Short.BYTES) {
      return Optional.empty();
    }
    byte[] host = new byte[hostBytes];
    in.get(host);
    try {
      NodeAddress address =
          new NodeAddress(new String(host, StandardCharsets.UTF_8), in.getShort() & 0xffff);
      return Optional.of(new Sighting(kind == ASKS, node, address));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] mac(byte[] key, byte[] bytes, int length) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      mac.update(bytes, 0, length);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }
}
