package org.fluidosgi.itests.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.fluidosgi.itests.benchmarks.api.EchoService;
import org.fluidosgi.itests.benchmarks.api.Order;

/** The reference: one multiplexed connection, call ids, one flush per call; the server sends the bytes straight back.
 * Frame: int length, long id, payload. */
final class NettyEcho {
  private static final int FRAME_BYTES_MAX = 64 << 20;
  private static final int ID_BYTES = 8;

  private NettyEcho() {}

  static void serve(int port) throws InterruptedException {
    new ServerBootstrap()
        .group(loops(), loops())
        .channel(NioServerSocketChannel.class)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new LengthFieldBasedFrameDecoder(FRAME_BYTES_MAX, 0, 4));
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object frame) {
                context.writeAndFlush(frame, context.voidPromise());
              }
            });
          }
        })
        .bind("127.0.0.1", port)
        .sync();
  }

  static EchoService connect(int port) throws InterruptedException {
    Map<Long, CompletableFuture<ByteBuffer>> pending = new ConcurrentHashMap<>();
    Channel channel = new Bootstrap()
        .group(loops())
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel
                .pipeline()
                .addLast(new LengthFieldBasedFrameDecoder(FRAME_BYTES_MAX, 0, 4, 0, 4));
            channel.pipeline().addLast(new Answers(pending));
          }
        })
        .connect("127.0.0.1", port)
        .sync()
        .channel();
    return new Client(channel, pending);
  }

  private static EventLoopGroup loops() {
    return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  }

  private static final class Answers extends ChannelInboundHandlerAdapter {
    private final Map<Long, CompletableFuture<ByteBuffer>> pending;

    Answers(Map<Long, CompletableFuture<ByteBuffer>> pending) {
      this.pending = pending;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf frame = (ByteBuf) message;
      try {
        CompletableFuture<ByteBuffer> future = pending.remove(frame.readLong());
        byte[] payload = new byte[frame.readableBytes()];
        frame.readBytes(payload);
        if (future != null) {
          future.complete(ByteBuffer.wrap(payload));
        }
      } finally {
        frame.release();
      }
    }
  }

  private static final class Client implements EchoService {
    private final AtomicLong ids = new AtomicLong();
    private final Channel channel;
    private final Map<Long, CompletableFuture<ByteBuffer>> pending;

    Client(Channel channel, Map<Long, CompletableFuture<ByteBuffer>> pending) {
      this.channel = channel;
      this.pending = pending;
    }

    @Override
    public int echoInt(int value) {
      return echoAsync(value).join();
    }

    @Override
    public byte[] echoBytes(byte[] data) {
      return send(ByteBuffer.wrap(data)).join().array();
    }

    @Override
    public Order echoOrder(Order order) {
      return OrderBytes.decode(send(OrderBytes.encode(order)).join());
    }

    @Override
    public CompletableFuture<Integer> echoAsync(int value) {
      return send(ByteBuffer.allocate(4).putInt(0, value)).thenApply(ByteBuffer::getInt);
    }

    private CompletableFuture<ByteBuffer> send(ByteBuffer payload) {
      long id = ids.incrementAndGet();
      CompletableFuture<ByteBuffer> future = new CompletableFuture<>();
      pending.put(id, future);
      int length = ID_BYTES + payload.remaining();
      ByteBuf frame =
          channel.alloc().ioBuffer(4 + length).writeInt(length).writeLong(id).writeBytes(payload);
      channel.writeAndFlush(frame, channel.voidPromise());
      return future;
    }
  }
}
