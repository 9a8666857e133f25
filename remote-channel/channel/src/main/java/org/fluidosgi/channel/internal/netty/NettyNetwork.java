package org.fluidosgi.channel.internal.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.internal.core.Limits;
import org.fluidosgi.channel.internal.core.Link;
import org.fluidosgi.channel.internal.core.Network;
import org.jspecify.annotations.Nullable;

/** Loops, the listening socket, dialling.
 * Why single loops instead of Netty's group: a group announces its end on the JVM-wide GlobalEventExecutor, whose thread would
 * outlive the bundle by a second. */
public final class NettyNetwork implements Network, AutoCloseable {
  private static final int BACKLOG = 256;
  private static final int STOP_MILLIS = 2000;

  /** Host names waiting to be resolved. */
  private static final int RESOLUTIONS_MAX = 256;

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(128 << 10, 512 << 10);

  private final Limits limits;
  private final List<IoEventLoop> loops = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger nextLoop = new AtomicInteger();
  private final AtomicInteger unauthenticated = new AtomicInteger();
  private final ThreadPoolExecutor resolver;
  private volatile @Nullable Channel server;

  public NettyNetwork(Limits limits, int loopCount) {
    this.limits = limits;
    for (int i = 1; i <= loopCount; i++) {
      String name = "fluid-channel-loop-" + i;
      ThreadFactory factory = task -> thread(task, name);
      loops.add(new SingleThreadIoEventLoop(null, factory, NioIoHandler.newFactory()));
    }
    // Looking up a name may block for seconds; a loop must not.
    resolver = new ThreadPoolExecutor(
        1,
        1,
        1,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(RESOLUTIONS_MAX),
        task -> new Thread(task, "fluid-channel-resolve"));
    resolver.allowCoreThreadTimeOut(true);
  }

  private Thread thread(Runnable task, String name) {
    Thread thread = new FastThreadLocalThread(task, name);
    thread.setDaemon(true);
    synchronized (threads) {
      threads.add(thread);
    }
    return thread;
  }

  /** Binds the port; connections wait until {@link #accept}. The port is free for the next node as soon as {@link #close}
   * returned. Errors: IOException when the address cannot be bound. */
  public int listen(InetAddress host, int port) throws IOException {
    NioServerSocketChannel channel = new NioServerSocketChannel();
    channel.config().setReuseAddress(true).setBacklog(BACKLOG).setAutoRead(false);
    try {
      loops.get(0).register(channel).sync();
      ChannelFuture bound = channel.bind(new InetSocketAddress(host, port)).await();
      if (!bound.isSuccess()) {
        channel.close().sync();
        throw new IOException(bound.cause().getMessage(), bound.cause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      channel.close();
      throw new IOException("interrupted while binding port " + port, e);
    }
    server = channel;
    return channel.localAddress().getPort();
  }

  /** Accepts connections from now on. */
  public void accept(Consumer<Link> accepted, Consumer<String> warn) {
    Channel listening = server;
    if (listening != null) {
      listening.pipeline().addLast(new Acceptor(accepted, warn));
      listening.config().setAutoRead(true);
    }
  }

  /** Gives accepted connections to the loops in turn. */
  private final class Acceptor extends ChannelInboundHandlerAdapter {
    private final Consumer<Link> accepted;
    private final Consumer<String> warn;

    Acceptor(Consumer<Link> accepted, Consumer<String> warn) {
      this.accepted = accepted;
      this.warn = warn;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      NioSocketChannel child = (NioSocketChannel) message;
      if (unauthenticated.incrementAndGet() > limits.unauthenticatedMax()) {
        unauthenticated.decrementAndGet();
        warn.accept("refused a connection from " + child.remoteAddress() + ": "
            + limits.unauthenticatedMax() + " connections have not proved the group token yet"
            + " (fluid.channel.unauthenticated.max)");
        child.unsafe().closeForcibly();
        return;
      }
      AtomicBoolean counted = new AtomicBoolean(true);
      configure(child);
      child.pipeline().addLast(new NettyLink(child, accepted::accept, () -> {
        if (counted.compareAndSet(true, false)) {
          unauthenticated.decrementAndGet();
        }
      }));
      loop().register(child).addListener(future -> {
        if (!future.isSuccess()) {
          child.unsafe().closeForcibly();
        }
      });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // Out of descriptors, mostly: the socket goes on listening.
      warn.accept("accepting a connection failed: " + cause);
    }
  }

  private IoEventLoop loop() {
    return loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
  }

  private static void configure(NioSocketChannel channel) {
    channel.config().setTcpNoDelay(true).setKeepAlive(true).setWriteBufferWaterMark(WATER_MARK);
  }

  @Override
  public CompletableFuture<Void> dial(NodeAddress address, Starter starter) {
    String host = address.host();
    if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
      return dial(new InetSocketAddress(host, address.port()), starter);
    }
    try {
      return CompletableFuture.supplyAsync(
              () -> new InetSocketAddress(host, address.port()), resolver)
          .thenCompose(resolved -> resolved.isUnresolved()
              ? CompletableFuture.failedFuture(new IOException("unknown host " + host))
              : dial(resolved, starter));
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new IOException("too many host names wait to be resolved", e));
    }
  }

  private CompletableFuture<Void> dial(InetSocketAddress address, Starter starter) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      NioSocketChannel channel = new NioSocketChannel();
      configure(channel);
      channel.config().setOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, limits.connectMillis());
      channel.pipeline().addLast(new NettyLink(channel, starter, () -> {}));
      loop().register(channel).addListener(registered -> {
        if (!registered.isSuccess()) {
          channel.unsafe().closeForcibly();
          done.completeExceptionally(registered.cause());
          return;
        }
        channel.connect(address).addListener(connected -> {
          if (connected.isSuccess()) {
            done.complete(null);
          } else {
            channel.close();
            done.completeExceptionally(plain(connected.cause()));
          }
        });
      });
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
    return done;
  }

  /** Netty's connect time-out is a ConnectException, which elsewhere means that somebody refused. */
  private static Throwable plain(Throwable failure) {
    if (failure instanceof ConnectTimeoutException) {
      SocketTimeoutException timeout = new SocketTimeoutException(failure.getMessage());
      timeout.initCause(failure);
      return timeout;
    }
    return failure;
  }

  @Override
  public void stopListening() {
    Channel listening = server;
    server = null;
    if (listening != null) {
      ChannelFuture closed = listening.close();
      if (!listening.eventLoop().inEventLoop()) {
        closed.awaitUninterruptibly(STOP_MILLIS);
      }
    }
  }

  /** Ends all loops and waits for their threads, at most for a few seconds. */
  @Override
  public void close() {
    stopListening();
    resolver.shutdownNow();
    for (IoEventLoop loop : loops) {
      loop.shutdownGracefully(0, STOP_MILLIS, TimeUnit.MILLISECONDS);
    }
    List<Thread> running;
    synchronized (threads) {
      running = List.copyOf(threads);
    }
    boolean interrupted = false;
    for (Thread thread : running) {
      if (thread == Thread.currentThread()) {
        continue; // stopped from a handler: the loop ends after this task
      }
      try {
        thread.join(STOP_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
