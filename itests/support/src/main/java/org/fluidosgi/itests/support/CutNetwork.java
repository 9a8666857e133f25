package org.fluidosgi.itests.support;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;

/** A network of nodes that can be cut in parts: a TCP proxy on loopback before each node, which knows from the dialer's HELLO
 * whose connection it carries. What travels in a direction that is cut is held back, connections and their ends too, and
 * goes on after the heal, as TCP would send it again.
 * Threads: two a connection, one a node; the monitor guards the cut. Source: protocol-channel sections 1 and 3. */
public final class CutNetwork implements CuttableNetwork {
  /** Where a HELLO frame names its sender. */
  private static final int NAME_OFFSET = 106;

  private static final int NAME_BYTES_MAX = 256;
  private static final int BUFFER_BYTES = 64 * 1024;

  private final Set<AutoCloseable> open = new LinkedHashSet<>();
  private final Set<Thread> threads = new HashSet<>();
  private BiPredicate<String, String> cut = (from, to) -> false;
  private boolean closed;

  @Override
  public List<String> prefix(String node) {
    return List.of();
  }

  @Override
  public List<String> arguments(String node) {
    int port = FreePorts.take();
    return List.of(
        "--port",
        Integer.toString(port),
        "--set",
        "fluid.advertised.address=127.0.0.1:" + before(node, port));
  }

  /** Puts a proxy before the node of that name, which will listen on that port of loopback. Gives the proxy's port. */
  private int before(String node, int target) {
    try {
      ServerSocket front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      synchronized (this) {
        open.add(front);
      }
      start("accept-" + node, () -> accept(node, target, front));
      return front.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no port for the proxy before " + node, e);
    }
  }

  @Override
  public synchronized void cut(BiPredicate<String, String> now) {
    cut = now;
    notifyAll();
  }

  /** Closes one of the connections, both ends; false when there is none. */
  public boolean reset(RandomGenerator random) {
    Socket chosen;
    synchronized (this) {
      List<Socket> sockets =
          open.stream().filter(Socket.class::isInstance).map(Socket.class::cast).toList();
      if (sockets.isEmpty()) {
        return false;
      }
      chosen = sockets.get(random.nextInt(sockets.size()));
    }
    drop(chosen); // the pumps find it closed and drop the other end
    return true;
  }

  private void accept(String node, int port, ServerSocket front) {
    try {
      while (true) {
        Socket dialer = front.accept();
        keep(dialer);
        start("dialled-" + node, () -> carry(dialer, node, port));
      }
    } catch (IOException e) {
      // closed
    }
  }

  /** Reads who dials, dials on, and pumps both ways. */
  private void carry(Socket dialer, String node, int port) {
    Socket target = null;
    try (dialer) {
      DataInputStream in = new DataInputStream(dialer.getInputStream());
      byte[] begin = in.readNBytes(NAME_OFFSET + 2);
      if (begin.length < NAME_OFFSET + 2) {
        return;
      }
      int length = (begin[NAME_OFFSET] & 0xff) << 8 | begin[NAME_OFFSET + 1] & 0xff;
      if (length > NAME_BYTES_MAX) {
        throw new IOException("that is no HELLO");
      }
      byte[] name = in.readNBytes(length);
      if (name.length < length) {
        return;
      }
      String from = new String(name, StandardCharsets.UTF_8);
      awaitOpen(from, node);
      target = new Socket(InetAddress.getLoopbackAddress(), port);
      target.setTcpNoDelay(true);
      dialer.setTcpNoDelay(true);
      keep(target);
      Socket dialled = target;
      start("back-" + node, () -> pump(dialled, dialer, node, from));
      target.getOutputStream().write(begin);
      target.getOutputStream().write(name);
      pump(dialer, target, from, node);
    } catch (IOException | InterruptedException e) {
      // the connection ends for both
    } finally {
      drop(dialer);
      if (target != null) {
        drop(target);
      }
    }
  }

  private void pump(Socket source, Socket sink, String from, String to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = source.getInputStream();
      OutputStream out = sink.getOutputStream();
      while (true) {
        int count = in.read(buffer);
        awaitOpen(from, to);
        if (count < 0) {
          throw new EOFException();
        }
        out.write(buffer, 0, count);
      }
    } catch (IOException | InterruptedException e) {
      try {
        awaitOpen(from, to);
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
      }
      drop(source);
      drop(sink);
    }
  }

  private synchronized void awaitOpen(String from, String to) throws InterruptedException {
    while (!closed && cut.test(from, to)) {
      wait();
    }
  }

  private void start(String name, Runnable task) {
    Thread thread = new Thread(
        () -> {
          try {
            task.run();
          } finally {
            synchronized (this) {
              threads.remove(Thread.currentThread());
            }
          }
        },
        "cut-network-" + name);
    thread.setDaemon(true);
    synchronized (this) {
      threads.add(thread);
    }
    thread.start();
  }

  private void keep(Socket socket) {
    boolean late;
    synchronized (this) {
      late = closed;
      open.add(socket);
    }
    if (late) {
      drop(socket);
    }
  }

  private void drop(AutoCloseable socket) {
    synchronized (this) {
      open.remove(socket);
    }
    try {
      socket.close();
    } catch (Exception e) {
      // nothing more to do for it
    }
  }

  @Override
  public void close() {
    List<AutoCloseable> rest;
    List<Thread> running;
    synchronized (this) {
      closed = true;
      notifyAll();
      rest = List.copyOf(open);
      running = List.copyOf(threads);
    }
    rest.forEach(this::drop);
    running.forEach(Thread::interrupt);
  }
}
