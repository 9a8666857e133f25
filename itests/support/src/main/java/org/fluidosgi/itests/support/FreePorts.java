package org.fluidosgi.itests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports on loopback that nobody listened on a moment ago; none of those from which the system takes the near ends of connections,
 * else one of them would now and then be taken before its node listens. */
public final class FreePorts {
  private static final int FIRST = 15_000;
  private static final int BEYOND = 30_000; // the systems' own begin at 32768 or above
  private static final int TRIES_MAX = 1000;

  private FreePorts() {}

  /** That many different ports. */
  public static List<Integer> take(int count) {
    List<ServerSocket> open = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        open.add(listening());
      }
      return open.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      open.forEach(FreePorts::close);
    }
  }

  private static ServerSocket listening() {
    IOException last = new IOException("none was tried");
    for (int i = 0; i < TRIES_MAX; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEYOND);
      try {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        last = e;
      }
    }
    throw new UncheckedIOException("no free port between " + FIRST + " and " + (BEYOND - 1), last);
  }

  /** One port. */
  public static int take() {
    return take(1).get(0);
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
