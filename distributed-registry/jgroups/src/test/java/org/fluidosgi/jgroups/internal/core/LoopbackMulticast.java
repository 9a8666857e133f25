package org.fluidosgi.jgroups.internal.core;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.fluidosgi.channel.NodeAddress;

/** Multicast on this machine's loopback interface, if it carries any. */
public final class LoopbackMulticast {
  static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private LoopbackMulticast() {}

  /** A group with a port that nobody uses. */
  public static NodeAddress group() throws IOException {
    try (DatagramSocket free = new DatagramSocket(0)) {
      return new NodeAddress(JoinList.MULTICAST.host(), free.getLocalPort());
    }
  }

  /** Whether a datagram to that group arrives. */
  public static boolean passes(NodeAddress group) {
    try (DatagramChannel in = DatagramChannel.open(StandardProtocolFamily.INET)) {
      in.bind(new InetSocketAddress(group.port()));
      in.join(InetAddress.getByName(group.host()), NetworkInterface.getByInetAddress(LOOPBACK));
      in.configureBlocking(false);
      send(group, new byte[] {1});
      Awaitility.await()
          .atMost(Duration.ofSeconds(2))
          .until(() -> in.receive(ByteBuffer.allocate(1)) != null);
      return true;
    } catch (IOException | RuntimeException e) {
      if (e instanceof IOException || e instanceof ConditionTimeoutException) {
        return false;
      }
      throw (RuntimeException) e;
    }
  }

  static void send(NodeAddress group, byte[]... datagrams) throws IOException {
    try (DatagramChannel out = DatagramChannel.open(StandardProtocolFamily.INET)) {
      out.bind(new InetSocketAddress(LOOPBACK, 0));
      out.setOption(
          StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByInetAddress(LOOPBACK));
      for (byte[] datagram : datagrams) {
        out.send(ByteBuffer.wrap(datagram), new InetSocketAddress(group.host(), group.port()));
      }
    }
  }
}
