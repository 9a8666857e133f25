package org.fluidosgi.jgroups.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.jgroups.internal.core.FakeMultiplexer.FakeChannel;
import org.junit.jupiter.api.Test;

class LinksTest {
  private static final NodeInfo PEER = FakeMultiplexer.info(2, 1);

  private final FakeMultiplexer multiplexer = new FakeMultiplexer();
  private final List<FakeStream> streams = new CopyOnWriteArrayList<>();
  private final Acquaintances acquaintances = new Acquaintances(multiplexer);
  private final Links links =
      new Links(multiplexer, new ManualEnv(), acquaintances, new Links.Upward() {
        @Override
        public void packet(NodeInfo from, byte[] packet) {}

        @Override
        public CompletionStage<byte[]> request(NodeInfo from, byte[] request) {
          return CompletableFuture.completedFuture(request);
        }
      });

  private void send() {
    links.send(Member.of(PEER), PEER.address(), new byte[] {1}, 0, 1);
  }

  @Test
  void twoThreadsShareOneStream() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    multiplexer.open.put(PEER.id(), new FakeChannel(PEER) {
      @Override
      public ChannelStream open(String endpoint) {
        try {
          both.await(10, TimeUnit.SECONDS); // both have seen that there is no stream
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
        return opened(this);
      }
    });
    List<CompletableFuture<Void>> senders = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      CompletableFuture<Void> sent = new CompletableFuture<>();
      senders.add(sent);
      new Thread(
              () -> {
                try {
                  send();
                  sent.complete(null);
                } catch (RuntimeException e) {
                  sent.completeExceptionally(e);
                }
              },
              "links-test")
          .start();
    }
    for (CompletableFuture<Void> sent : senders) {
      sent.get(10, TimeUnit.SECONDS);
    }
    send();
    assertEquals(2, streams.size());
    List<FakeStream> left =
        streams.stream().filter(stream -> !stream.closed.isDone()).toList();
    assertEquals(1, left.size());
    assertEquals(3, left.get(0).sent.size());
  }

  @Test
  void congestedStreamIsKept() {
    multiplexer.open.put(PEER.id(), new FakeChannel(PEER) {
      @Override
      public ChannelStream open(String endpoint) {
        return opened(this);
      }
    });
    send();
    streams.get(0).congested = true;
    send();
    streams.get(0).congested = false;
    send();
    assertEquals(1, streams.size());
    assertFalse(streams.get(0).closed.isDone());
    streams.get(0).close();
    send();
    assertEquals(2, streams.size());
  }

  private FakeStream opened(Channel channel) {
    FakeStream stream = new FakeStream(channel);
    streams.add(stream);
    return stream;
  }

  /** Remembers what was sent on it. */
  private static final class FakeStream implements ChannelStream {
    private final Channel channel;
    final List<ByteBuffer> sent = new CopyOnWriteArrayList<>();
    final CompletableFuture<ChannelException> closed = new CompletableFuture<>();
    volatile boolean congested;

    FakeStream(Channel channel) {
      this.channel = channel;
    }

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public String endpoint() {
      return Links.ENDPOINT;
    }

    @Override
    public int id() {
      return 1;
    }

    @Override
    public void send(ByteBuffer message) {
      if (congested) {
        throw new ChannelException(Scope.STREAM, Effect.NONE, "congested");
      }
      sent.add(message);
    }

    @Override
    public CompletableFuture<ByteBuffer> request(CallHeader call, ByteBuffer request) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public CompletableFuture<ChannelException> whenClosed() {
      return closed;
    }

    @Override
    public void close() {
      closed.complete(new ChannelException(Scope.STREAM, Effect.NONE, "closed"));
    }
  }
}
