package org.fluidosgi.jgroups.internal.jgroups;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.channel.StandaloneNode;
import org.fluidosgi.jgroups.internal.core.Delivery;
import org.fluidosgi.jgroups.internal.core.Links;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of two meets nodes of its own token that say nonsense, nothing, or too much: it goes on in the same view, and says so once. */
class BadMembersTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final short OTHER_VERSION = (short) (org.jgroups.Version.version + (1 << 11));

  @TempDir
  private Path group;

  private final Warnings warnings = new Warnings();
  private final List<TestNode> nodes = new ArrayList<>();
  private int views;

  @BeforeEach
  void groupOfTwo() {
    nodes.add(TestNode.open(group, "n0", List.of()).start());
    nodes.add(TestNode.open(group, "n1", List.of(nodes.get(0).address())).start());
    for (TestNode node : nodes) {
      Awaitility.await().atMost(LONG).until(() -> node.handler.view().members().size() == 2);
    }
    views = nodes.get(0).handler.views.size();
  }

  @AfterEach
  void stillTheSameTwo() {
    try {
      for (TestNode sender : nodes) {
        sender.engine.multicast(bytes("still " + sender.id()));
      }
      for (TestNode receiver : nodes) {
        for (TestNode sender : nodes) {
          Awaitility.await()
              .atMost(LONG)
              .until(() -> receiver.handler.from(sender.id()).stream()
                  .anyMatch(
                      m -> new String(m, StandardCharsets.UTF_8).equals("still " + sender.id())));
        }
      }
      assertEquals(views, nodes.get(0).handler.views.size());
    } finally {
      warnings.close();
      nodes.forEach(TestNode::close);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A node of the group that has no engine. */
  private StandaloneNode stranger(String name) {
    Map<String, String> settings = Map.of(
        "fluid.name", name, "fluid.data.dir", group.resolve("dir-" + name).toString());
    return StandaloneNode.open(new Settings(settings::get));
  }

  private ChannelStream stream(StandaloneNode stranger) throws Exception {
    Channel channel = stranger
        .multiplexer()
        .connect(nodes.get(0).address())
        .get(LONG.toMillis(), TimeUnit.MILLISECONDS);
    return channel.open(Links.ENDPOINT);
  }

  @Test
  void whoSaysGarbageIsNoMemberAndIsNotHeeded() throws Exception {
    try (StandaloneNode stranger = stranger("garbage")) {
      ChannelStream stream = stream(stranger);
      Random random = new Random(3);
      for (int i = 0; i < 2000; i++) {
        byte[] garbage = new byte[random.nextInt(300)];
        random.nextBytes(garbage);
        if (i % 2 == 0 && garbage.length > 5) {
          // As far as the message, so that more is read of it.
          ByteBuffer.wrap(garbage)
              .putShort(org.jgroups.Version.version)
              .put((byte) 0)
              .putShort((short) (i % 3));
        }
        stream.send(ByteBuffer.wrap(garbage));
      }
      CompletableFuture<ByteBuffer> answer = stream.request(
          CallHeader.first(stranger.multiplexer().nextCallId(), Duration.ofSeconds(1)),
          ByteBuffer.wrap(new byte[] {1, 2, 3}));
      Awaitility.await().atMost(LONG).until(answer::isDone);
      assertTrue(answer.isCompletedExceptionally(), "a node that is no member was answered");
    }
    assertTrue(warnings.with("failed handling incoming").size() <= 1, warnings.with("")::toString);
    assertEquals(1, warnings.with("cluster packets of version").size(), "one version");
    assertTrue(warnings.with("").size() < 10, warnings.with("")::toString);
  }

  @Test
  void whoSaysNothingIsNoMember() throws Exception {
    try (StandaloneNode stranger = stranger("mute")) {
      ChannelStream stream = stream(stranger);
      assertEquals(2, nodes.get(0).handler.view().members().size());
      assertTrue(stream.channel().isOpen());
    }
    assertEquals(List.of(), warnings.with("mute"));
  }

  @Test
  void whoSpeaksAnotherVersionIsSaidOnce() throws Exception {
    try (StandaloneNode stranger = stranger("older")) {
      ChannelStream stream = stream(stranger);
      for (int i = 0; i < 10; i++) {
        stream.send(ByteBuffer.allocate(20).putShort(OTHER_VERSION).rewind());
      }
      Awaitility.await().atMost(LONG).until(() -> !warnings.with("older").isEmpty());
    }
    List<String> said = warnings.with("older");
    assertEquals(1, said.size(), said::toString);
    for (String part : List.of(
        "n0",
        org.jgroups.Version.print(OTHER_VERSION),
        org.jgroups.Version.printVersion(),
        "run the same version")) {
      assertTrue(said.get(0).contains(part), () -> part + " is not in " + said);
    }
  }

  @Test
  void twoNodesOfOneNameGoOnAndEachSaysItOnce() throws Exception {
    try (StandaloneNode twin = stranger("n0")) {
      Channel channel = twin.multiplexer()
          .connect(nodes.get(0).address())
          .get(LONG.toMillis(), TimeUnit.MILLISECONDS);
      channel.close();
      twin.multiplexer()
          .connect(nodes.get(0).address())
          .get(LONG.toMillis(), TimeUnit.MILLISECONDS);
      Awaitility.await()
          .atMost(LONG)
          .until(() -> !warnings.with("have the name n0").isEmpty());
      List<String> said = warnings.with("have the name n0");
      assertEquals(1, said.size(), said::toString);
      assertTrue(said.get(0).contains(twin.localNode().info().id().toString()), said::toString);
      assertTrue(said.get(0).contains(nodes.get(0).id().toString()), said::toString);
      assertTrue(said.get(0).contains("fluid.name"), said::toString);
    }
  }

  /** More than may wait comes while the registry is held up: the rest is dropped, said once, and nobody is expelled. */
  @Test
  void whoFloodsFillsABoundedQueueAndStaysAMember() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    TestNode flooder = nodes.get(0);
    TestNode receiver = nodes.get(1);
    receiver.handler.answering((from, bytes) -> {
      try {
        held.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return CompletableFuture.completedFuture(bytes);
    });
    flooder.engine.request(receiver.id(), bytes("hold"), LONG);
    byte[] message = new byte[flooder.engine.messageBytesMax()];
    long most = Delivery.UNDELIVERED_BYTES_MAX / message.length;
    try {
      for (int i = 0; i < most + 20; i++) {
        flooder.engine.multicast(message).toCompletableFuture().get(60, TimeUnit.SECONDS);
      }
      Awaitility.await()
          .atMost(LONG)
          .until(() -> !warnings.with("wait for the registry").isEmpty());
    } finally {
      held.countDown();
    }
    Awaitility.await()
        .atMost(LONG)
        .until(() -> receiver.handler.from(flooder.id()).size() >= most - 1);
    assertTrue(receiver.handler.from(flooder.id()).size() < most + 20, "nothing was dropped");
    assertEquals(1, warnings.with("wait for the registry").size());
    assertEquals(
        Set.of(flooder.id(), receiver.id()), Set.copyOf(receiver.handler.view().members()));
  }
}
