package org.fluidosgi.itests.cluster;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A socket to a node's port that speaks the channel's protocol by hand, see docs/protocol-channel.md. */
final class RawPeer implements AutoCloseable {
  static final int HELLO = 0x01;
  static final int REJECT = 0x03;
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int HEADER_BYTES = 6;
  private static final byte[] MAGIC = "FLUIDOSG".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket;
  private final DataInputStream in;

  /** A frame that a node sent. */
  record Frame(int type, byte[] body) {
    /** Code of a REJECT. */
    int code() {
      return (body[0] & 0xff) << 8 | body[1] & 0xff;
    }

    /** Text of a REJECT. */
    String text() {
      return new String(body, 4, body.length - 4, StandardCharsets.UTF_8);
    }
  }

  RawPeer(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    socket =
        new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new DataInputStream(socket.getInputStream());
  }

  /** How the node sees this peer. */
  String address() {
    return socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** The length field and the type of a frame, and nothing after it. */
  static byte[] header(int length, int type) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(length);
    out.writeByte(type);
    out.writeByte(0);
    out.writeInt(0);
    return bytes.toByteArray();
  }

  /** A HELLO of which only what every version has is certain to be understood. */
  static byte[] hello(int lowest, int highest) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(body);
    out.write(MAGIC);
    out.writeShort(lowest);
    out.writeShort(highest);
    out.write(new byte[200]);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(header(HEADER_BYTES + body.size(), HELLO));
    body.writeTo(frame);
    return frame.toByteArray();
  }

  /** The next frame. */
  Frame read() throws IOException {
    int length = in.readInt();
    int type = in.readUnsignedByte();
    in.readUnsignedByte();
    in.readInt();
    byte[] body = new byte[length - HEADER_BYTES];
    in.readFully(body);
    return new Frame(type, body);
  }

  /** Reads on until the node has closed the connection. Errors: SocketTimeoutException when it does not. */
  void awaitClosed() throws IOException {
    try {
      while (true) {
        in.readByte();
      }
    } catch (EOFException | SocketException e) {
      return; // closed, or closed before it had read everything
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
