package org.fluidosgi.channel.internal.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fluidosgi.channel.Env.Cancellable;
import org.fluidosgi.channel.internal.core.FrameReader;
import org.fluidosgi.channel.internal.core.Limits;
import org.fluidosgi.channel.internal.core.Link;
import org.fluidosgi.channel.internal.core.LinkHandler;
import org.fluidosgi.channel.internal.core.Network;
import org.fluidosgi.channel.internal.core.OutFrame;
import org.fluidosgi.channel.internal.core.ProtocolException;
import org.fluidosgi.channel.internal.core.WriteQueue;
import org.jspecify.annotations.Nullable;

/** One TCP connection.
 * Writing: any thread queues a frame; whoever finds nobody scheduled schedules {@link #drain}, which copies small frames
 * together and flushes once. While the socket takes no more, frames stay in the bounded queue, not in Netty's.
 * Owner of the rest: the event loop. */
final class NettyLink extends ChannelInboundHandlerAdapter implements Link {
  /** Frames up to that length are copied together. */
  private static final int SMALL_BYTES = 16 << 10;

  private static final int BATCH_BYTES = 64 << 10;

  /** Batches written before other connections of the loop get their turn. */
  private static final int BATCHES_PER_TURN = 16;

  private final Channel channel;
  private final Network.Starter starter;
  private final Runnable whenUnauthenticatedEnds;
  private final WriteQueue queue = new WriteQueue();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final FrameReader reader = new FrameReader(Limits.HANDSHAKE_FRAME_BYTES_MAX);
  private final Runnable drain = this::drain;
  private @Nullable LinkHandler handler;
  private @Nullable Throwable failure;
  private boolean reading;
  private boolean deaf;
  private boolean closeWhenDrained;

  NettyLink(Channel channel, Network.Starter starter, Runnable whenUnauthenticatedEnds) {
    this.channel = channel;
    this.starter = starter;
    this.whenUnauthenticatedEnds = whenUnauthenticatedEnds;
  }

  @Override
  public WriteQueue queue() {
    return queue;
  }

  @Override
  public void wake() {
    if (reading && inLoop()) {
      return; // channelReadComplete drains
    }
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      execute(drain);
    }
  }

  @Override
  public boolean inLoop() {
    return channel.eventLoop().inEventLoop();
  }

  @Override
  public void execute(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException e) {
      // The node has stopped: its channels are closed and nobody waits for the task.
      failure = e;
    }
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    ScheduledFuture<?> timer =
        channel.eventLoop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> timer.cancel(false);
  }

  @Override
  public void frameBytesMax(int bytes) {
    reader.lengthMax(bytes);
    whenUnauthenticatedEnds.run();
  }

  @Override
  public void handler(LinkHandler newHandler) {
    handler = newHandler;
  }

  @Override
  public String remote() {
    return String.valueOf(channel.remoteAddress()).replaceFirst("^[^/]*/", "");
  }

  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      execute(this::closeOnLoop);
    }
  }

  private void closeOnLoop() {
    deaf = true;
    closeWhenDrained = true;
    scheduled.set(true);
    drain();
    if (channel.isOpen()) {
      channel
          .eventLoop()
          .schedule(() -> channel.close(), Limits.LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Begins; the handlers are told at once. */
  void begin() {
    starter.start(this);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    LinkHandler current = handler;
    if (deaf || current == null) {
      in.release();
      return;
    }
    reading = true;
    try {
      reader.read(in.internalNioBuffer(in.readerIndex(), in.readableBytes()), this::deliver);
    } catch (ProtocolException e) {
      deaf = true;
      LinkHandler last = handler;
      if (last != null) {
        last.malformed(e);
      }
    } finally {
      in.release();
    }
  }

  private void deliver(int type, int flags, int stream, java.nio.ByteBuffer body) {
    LinkHandler current = handler;
    if (!deaf && current != null) {
      current.frame(type, flags, stream, body);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    if (!queue.isEmpty() && scheduled.compareAndSet(false, true)) {
      drain();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable() && (scheduled.get() || !queue.isEmpty())) {
      scheduled.set(true);
      execute(drain);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failure = cause;
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    reading = false;
    whenUnauthenticatedEnds.run();
    LinkHandler current = handler;
    if (current != null) {
      current.linkClosed(failure);
    }
  }

  /** Writes what is queued. Invariant: runs with {@link #scheduled} set, and leaves it set only while the socket is full or
   * another run is on its way. */
  private void drain() {
    int batches = 0;
    do {
      while (!queue.isEmpty() && channel.isActive()) {
        if (!channel.isWritable()) {
          channel.flush();
          if (!channel.isWritable()) {
            return; // channelWritabilityChanged goes on
          }
        }
        if (batches++ >= BATCHES_PER_TURN) {
          channel.flush();
          execute(drain);
          return;
        }
        writeBatch();
      }
      channel.flush();
      scheduled.set(false);
    } while (channel.isActive() && !queue.isEmpty() && scheduled.compareAndSet(false, true));
    if (closeWhenDrained) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void writeBatch() {
    ByteBuf batch = null;
    OutFrame frame = queue.take();
    while (frame != null) {
      byte[] bytes = frame.bytes();
      if (bytes.length > SMALL_BYTES) {
        if (batch != null) {
          channel.write(batch, channel.voidPromise());
        }
        channel.write(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
        return;
      }
      if (batch == null) {
        long expected = Math.min(BATCH_BYTES, bytes.length + queue.bytes());
        batch = channel.alloc().directBuffer((int) expected, BATCH_BYTES + SMALL_BYTES);
      }
      batch.writeBytes(bytes);
      if (batch.readableBytes() >= BATCH_BYTES) {
        break;
      }
      frame = queue.take();
    }
    if (batch != null) {
      channel.write(batch, channel.voidPromise());
    }
  }
}
