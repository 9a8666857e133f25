package org.fluidosgi.channel.internal.core;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeInfo;

/** A peer that speaks the wire by hand over a blocking socket, and may misbehave. */
public final class RawPeer implements AutoCloseable {
  /** A frame as received. */
  public record Frame(int type, int stream, byte[] body) {
    /** The text of a REJECT or GOAWAY, with its number in front. */
    public String farewell() {
      ByteBuffer in = ByteBuffer.wrap(body);
      return in.getShort() + " " + Frames.text(in, "farewell");
    }
  }

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private byte[] sentHello = {};
  private byte[] receivedHello = {};

  public RawPeer(NodeAddress address) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(address.host(), address.port()), 5000);
    in = new DataInputStream(socket.getInputStream());
  }

  public void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  public void send(int type, int stream, byte[] body) throws IOException {
    send(Frames.frame(type, stream, body).bytes());
  }

  public void hello(NodeInfo as, int versionMin, int versionMax) throws IOException {
    byte[] nonce = new byte[Hello.NONCE_BYTES];
    Arrays.fill(nonce, (byte) 7);
    sentHello = new Hello(versionMin, versionMax, -1L, 16 << 20, nonce, as).encode();
    send(FrameType.HELLO, 0, sentHello);
  }

  /** Proves as a dialer, or reflects by claiming the other role. */
  public void prove(String token, boolean asDialer) throws IOException {
    byte[] key = token.getBytes(StandardCharsets.UTF_8);
    send(FrameType.PROOF, 0, Proof.of(key, asDialer, sentHello, receivedHello));
  }

  /** The whole handshake; returns the acceptor's last frame, PROOF when all went well. */
  public Frame shakeHands(NodeInfo as, String token) throws IOException {
    hello(as, 1, 1);
    Frame hello = read();
    if (hello.type() != FrameType.HELLO) {
      return hello;
    }
    prove(token, true);
    return read();
  }

  public Frame read() throws IOException {
    int length = in.readInt();
    int type = in.readUnsignedByte();
    in.readUnsignedByte();
    int stream = in.readInt();
    byte[] body = new byte[length - 6];
    in.readFully(body);
    if (type == FrameType.HELLO) {
      receivedHello = body;
    }
    return new Frame(type, stream, body);
  }

  /** Reads until the other side closes. */
  public void awaitEnd() throws IOException {
    try {
      while (in.read() >= 0) {
        // whatever it still says
      }
    } catch (EOFException | java.net.SocketException e) {
      // closed with unread data
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
