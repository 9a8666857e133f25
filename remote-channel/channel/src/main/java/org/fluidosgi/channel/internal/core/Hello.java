package org.fluidosgi.channel.internal.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;

/** First frame of either side.
 * Shape: magic and version range at the front stay where they are in all future versions; a version may append, never move.
 * Source: protocol-channel section 3. */
record Hello(
    int versionMin, int versionMax, long features, int frameBytesMax, byte[] nonce, NodeInfo node) {
  static final int VERSION_MIN = 1;
  static final int VERSION_MAX = 1;
  static final int NONCE_BYTES = 32;
  private static final byte[] MAGIC = "FLUIDOSG".getBytes(StandardCharsets.US_ASCII);
  private static final int RANGE_BYTES = MAGIC.length + 4;
  private static final int FIXED_BYTES = 8 + 4 + NONCE_BYTES + 16 + 16 + 8;

  byte[] encode() {
    byte[] name = node.name().getBytes(StandardCharsets.UTF_8);
    byte[] host = node.address().host().getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(RANGE_BYTES + FIXED_BYTES + 2 + name.length + 2 + host.length + 2);
    out.put(MAGIC).putShort((short) versionMin).putShort((short) versionMax);
    out.putLong(features).putInt(frameBytesMax).put(nonce);
    put(out, node.id().uuid());
    put(out, node.incarnation().framework());
    out.putLong(node.incarnation().counter());
    out.putShort((short) name.length).put(name);
    out.putShort((short) host.length).put(host).putShort((short) node.address().port());
    return out.array();
  }

  /** The range of versions, which every version can read. Errors: ProtocolException. */
  static int[] versions(ByteBuffer body) {
    Frames.need(body, RANGE_BYTES, "HELLO");
    byte[] magic = new byte[MAGIC.length];
    body.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new ProtocolException("HELLO has another magic number: this is no Fluid OSGi");
    }
    return new int[] {body.getShort() & 0xffff, body.getShort() & 0xffff};
  }

  /** The highest common version, or 0. */
  static int common(int peerMin, int peerMax) {
    int highest = Math.min(VERSION_MAX, peerMax);
    return highest >= Math.max(VERSION_MIN, peerMin) ? highest : 0;
  }

  /** Reads all; bytes that a later version appended are ignored. Errors: ProtocolException. */
  static Hello decode(ByteBuffer body) {
    int[] versions = versions(body);
    Frames.need(body, FIXED_BYTES, "HELLO");
    long features = body.getLong();
    int frameBytesMax = body.getInt();
    if (frameBytesMax < Limits.HANDSHAKE_FRAME_BYTES_MAX) {
      throw new ProtocolException("HELLO names a frame limit of "
          + Integer.toUnsignedString(frameBytesMax) + ", expected "
          + Limits.HANDSHAKE_FRAME_BYTES_MAX + ".." + Integer.MAX_VALUE);
    }
    byte[] nonce = new byte[NONCE_BYTES];
    body.get(nonce);
    UUID id = new UUID(body.getLong(), body.getLong());
    UUID framework = new UUID(body.getLong(), body.getLong());
    long counter = body.getLong();
    String name = Frames.text(body, "HELLO name");
    String host = Frames.text(body, "HELLO host");
    Frames.need(body, 2, "HELLO port");
    int port = body.getShort() & 0xffff;
    try {
      NodeInfo node = new NodeInfo(
          new NodeId(id), new Incarnation(framework, counter), name, new NodeAddress(host, port));
      return new Hello(versions[0], versions[1], features, frameBytesMax, nonce, node);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException("HELLO: " + e.getMessage());
    }
  }

  private static void put(ByteBuffer out, UUID uuid) {
    out.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
  }
}
