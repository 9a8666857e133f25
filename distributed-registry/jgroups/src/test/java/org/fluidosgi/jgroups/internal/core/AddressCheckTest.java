package org.fluidosgi.jgroups.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.jgroups.internal.core.FakeMultiplexer.FakeChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AddressCheckTest {
  private static final Duration LONG = AddressCheck.PAUSE.multipliedBy(AddressCheck.DIALS_MAX + 1);
  private static final NodeInfo PEER = FakeMultiplexer.info(2, 1);

  private final FakeMultiplexer multiplexer = new FakeMultiplexer();
  private final ManualEnv env = new ManualEnv();
  private final AddressCheck check = new AddressCheck(FakeMultiplexer.info(1, 1), multiplexer, env);
  private final AddressCheck theirs = new AddressCheck(PEER, multiplexer, env);
  private final Logger logger = Logger.getLogger("org.fluidosgi.jgroups");
  private final List<String> warnings = new ArrayList<>();
  private final Handler handler = new Handler() {
    @Override
    public void publish(LogRecord log) {
      if (log.getLevel().intValue() >= Level.WARNING.intValue()) {
        warnings.add(java.text.MessageFormat.format(log.getMessage(), log.getParameters()));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  };

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void silence() {
    logger.removeHandler(handler);
  }

  /** A stream into the other side's check. */
  private record FakeStream(Channel channel, AddressCheck receiver) implements ChannelStream {
    @Override
    public String endpoint() {
      return AddressCheck.ENDPOINT;
    }

    @Override
    public int id() {
      return 1;
    }

    @Override
    public void send(ByteBuffer message) {
      receiver.onMessage(this, message);
    }

    @Override
    public CompletableFuture<ByteBuffer> request(CallHeader call, ByteBuffer request) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public CompletableFuture<ChannelException> whenClosed() {
      return new CompletableFuture<>();
    }

    @Override
    public void close() {}
  }

  private FakeChannel channelToPeer() {
    FakeChannel fromOther = new FakeChannel(FakeMultiplexer.info(1, 1));
    FakeChannel channel = new FakeChannel(PEER) {
      @Override
      public ChannelStream open(String endpoint) {
        assertEquals(AddressCheck.ENDPOINT, endpoint);
        return new FakeStream(fromOther, theirs);
      }
    };
    multiplexer.open.put(PEER.id(), channel);
    return channel;
  }

  @Test
  void anAddressThatLeadsToThePeerIsDialledOnceALife() {
    FakeChannel channel = channelToPeer();
    multiplexer.answers(2, PEER);
    check.opened(channel);
    check.opened(channel);
    env.pass(LONG);
    assertEquals(1, multiplexer.dialled.size());
    assertEquals(List.of(), warnings);
  }

  @Test
  void bothSidesSayOnceThatNobodyIsThere() {
    multiplexer.fails(2, FakeMultiplexer.REFUSED);
    FakeChannel channel = channelToPeer();
    check.opened(channel);
    env.pass(LONG);
    check.opened(channel);
    env.pass(LONG);
    assertEquals(AddressCheck.DIALS_MAX, multiplexer.dialled.size());
    assertEquals(2, warnings.size(), warnings::toString);
    for (String part : List.of("n2", "127.0.0.1:2", "refused", "fluid.advertised.address")) {
      assertTrue(warnings.get(0).contains(part), warnings.get(0));
      assertTrue(warnings.get(1).contains(part), warnings.get(1));
    }
    assertTrue(warnings.get(0).startsWith("n1: n2 advertises"), warnings.get(0));
    assertTrue(warnings.get(1).startsWith("n2: this node advertises"), warnings.get(1));
  }

  @Test
  void anotherNodeAtTheAddressIsNamed() {
    multiplexer.answers(2, FakeMultiplexer.info(3, 1));
    check.opened(channelToPeer());
    env.pass(LONG);
    assertTrue(warnings.get(0).contains("n3 answers there"), warnings::toString);
  }

  @Test
  void anAddressThatAnswersLaterIsRight() {
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    check.opened(channelToPeer());
    env.pass(AddressCheck.PAUSE);
    multiplexer.answers(2, PEER);
    env.pass(LONG);
    assertEquals(2, multiplexer.dialled.size());
    assertEquals(List.of(), warnings);
  }

  @Test
  void aPeerThatIsGoneProvesNothingAndIsCheckedWhenItIsBack() {
    multiplexer.fails(2, FakeMultiplexer.REFUSED);
    FakeChannel channel = channelToPeer();
    check.opened(channel);
    env.pass(AddressCheck.PAUSE);
    channel.close();
    env.pass(LONG);
    assertEquals(List.of(), warnings);
    check.opened(channelToPeer());
    env.pass(LONG);
    assertEquals(2, warnings.size(), warnings::toString);
  }

  @Test
  void badMessagesAreRefusedAndOnesOfOtherAddressesIgnored() {
    FakeStream stream = new FakeStream(new FakeChannel(PEER), check);
    byte[] host = "elsewhere".getBytes(StandardCharsets.UTF_8);
    stream.send(ByteBuffer.allocate(6 + host.length)
        .putShort((short) host.length)
        .put(host)
        .putShort((short) 1)
        .putShort((short) 0)
        .flip());
    assertEquals(List.of(), warnings);
    for (byte[] bad :
        new byte[][] {{}, {1}, {0, 9, 1}, {-1, -1}, {0, 0, 0, 1}, {0, 0, 0, 1, 3, 0}}) {
      assertThrows(IllegalArgumentException.class, () -> stream.send(ByteBuffer.wrap(bad)));
    }
  }
}
