package org.fluidosgi.channel.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.ChannelException.Effect;
import org.junit.jupiter.api.Test;

/** The bytes of version 1 never change: each frame type against its file, and files that must be refused. */
class GoldenTest {
  private static final CallHeader CALL =
      new CallHeader(0x0102_0304_0506_0708L, 0x090a, Duration.ofMillis(0x0b0c_0d0eL));
  private static final ByteBuffer PAYLOAD =
      ByteBuffer.wrap("payload".getBytes(StandardCharsets.US_ASCII));

  private static byte[] nonce(int first) {
    byte[] nonce = new byte[Hello.NONCE_BYTES];
    for (int i = 0; i < nonce.length; i++) {
      nonce[i] = (byte) (first + i);
    }
    return nonce;
  }

  private static Hello hello(boolean dialer) {
    return dialer
        ? new Hello(1, 1, 0, 16 << 20, nonce(0), CoreFixture.node(1, "n\u00f6de"))
        : new Hello(1, 3, 5, 1 << 20, nonce(0x80), CoreFixture.node(2, "b"));
  }

  private static Map<String, OutFrame> frames() {
    byte[] dialer = hello(true).encode();
    byte[] acceptor = hello(false).encode();
    Map<String, OutFrame> frames = new TreeMap<>();
    frames.put("hello-dialer", Frames.frame(FrameType.HELLO, 0, dialer));
    frames.put("hello-acceptor", Frames.frame(FrameType.HELLO, 0, acceptor));
    frames.put(
        "proof-dialer",
        Frames.frame(FrameType.PROOF, 0, Proof.of(CoreFixture.TOKEN, true, dialer, acceptor)));
    frames.put(
        "proof-acceptor",
        Frames.frame(FrameType.PROOF, 0, Proof.of(CoreFixture.TOKEN, false, dialer, acceptor)));
    frames.put(
        "reject",
        Frames.farewell(FrameType.REJECT, RejectCode.TOKEN.number(), "the group token differs"));
    frames.put("open", Frames.open(1, "rsa.call"));
    frames.put("message", Frames.message(0x7fff_fffd, PAYLOAD));
    frames.put("message-empty", Frames.message(2, ByteBuffer.allocate(0)));
    frames.put("request", Frames.request(1, CALL, PAYLOAD));
    frames.put(
        "request-limits",
        Frames.request(1, new CallHeader(-1, 65_535, Duration.ofDays(1000)), PAYLOAD));
    frames.put(
        "request-under-a-millisecond",
        Frames.request(1, CallHeader.first(0, Duration.ofNanos(1)), PAYLOAD));
    frames.put(
        "request-no-deadline", Frames.request(1, CallHeader.first(1, Duration.ZERO), PAYLOAD));
    frames.put("response", Frames.response(1, CALL, PAYLOAD));
    frames.put("failure-none", Frames.failure(1, CALL, Effect.NONE, "not begun"));
    frames.put("failure-done", Frames.failure(1, CALL, Effect.DONE, "too large"));
    frames.put("failure-unknown", Frames.failure(1, CALL, Effect.UNKNOWN, "fail\u00e9"));
    frames.put("cancel", Frames.cancel(1, CALL));
    frames.put("close", Frames.close(1, CloseCode.CLOSED, "closed by a"));
    frames.put("close-unknown-endpoint", Frames.close(1, CloseCode.UNKNOWN_ENDPOINT, "no x"));
    frames.put("ping", Frames.ping(FrameType.PING, 0x1112_1314_1516_1718L));
    frames.put("pong", Frames.ping(FrameType.PONG, 0x1112_1314_1516_1718L));
    frames.put(
        "goaway", Frames.farewell(FrameType.GOAWAY, GoAway.STOPPING.number(), "b is stopping"));
    return frames;
  }

  @Test
  void everyFrameIsWrittenAsItsFile() throws Exception {
    Map<String, OutFrame> frames = frames();
    for (Map.Entry<String, OutFrame> frame : frames.entrySet()) {
      Path file = CoreFixture.GOLDEN.resolve(frame.getKey() + ".hex");
      String hex = HexFormat.of().formatHex(frame.getValue().bytes());
      assertTrue(Files.exists(file), () -> file + " is missing; the frame is now " + hex);
      assertEquals(HexFormat.of().formatHex(CoreFixture.hex(file)), hex, frame.getKey());
    }
    assertEquals(
        frames.keySet(),
        CoreFixture.files(".").stream()
            .map(file -> file.getFileName().toString().replace(".hex", ""))
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  private record Read(int type, int flags, int stream, ByteBuffer body) {}

  private static Read read(String name) throws Exception {
    List<Read> read = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(CoreFixture.hex(CoreFixture.GOLDEN.resolve(name + ".hex")));
    new FrameReader(1 << 20)
        .read(in, (type, flags, stream, body) -> read.add(new Read(type, flags, stream, body)));
    assertEquals(1, read.size(), name);
    assertEquals(0, read.get(0).flags());
    return read.get(0);
  }

  @Test
  void helloIsReadFromItsFile() throws Exception {
    for (boolean dialer : new boolean[] {true, false}) {
      Read frame = read(dialer ? "hello-dialer" : "hello-acceptor");
      assertEquals(FrameType.HELLO, frame.type());
      Hello hello = Hello.decode(frame.body());
      Hello expected = hello(dialer);
      assertEquals(expected.node(), hello.node());
      assertEquals(expected.features(), hello.features());
      assertEquals(expected.frameBytesMax(), hello.frameBytesMax());
      assertEquals(expected.versionMin(), hello.versionMin());
      assertEquals(expected.versionMax(), hello.versionMax());
      assertEquals(ByteBuffer.wrap(expected.nonce()), ByteBuffer.wrap(hello.nonce()));
      assertFalse(frame.body().hasRemaining());
    }
  }

  @Test
  void helloMayGrow() throws Exception {
    ByteBuffer body = read("hello-dialer").body();
    ByteBuffer longer =
        ByteBuffer.allocate(body.remaining() + 9).put(body).put(new byte[9]).flip();
    assertEquals(hello(true).node(), Hello.decode(longer).node());
  }

  @Test
  void commonVersion() {
    assertEquals(1, Hello.common(1, 1));
    assertEquals(1, Hello.common(0, 65_535));
    assertEquals(0, Hello.common(2, 3));
    assertEquals(0, Hello.common(0, 0));
  }

  @Test
  void requestsAndAnswersAreServedFromTheirFiles() throws Exception {
    FakeLink link = new FakeLink();
    Multiplexer multiplexer = CoreFixture.multiplexer();
    CoreFixture.connection(multiplexer, link);
    link.deliver(Frames.open(1, "echo").bytes(), 3);
    link.deliver(CoreFixture.hex(CoreFixture.GOLDEN.resolve("request.hex")), 5);
    assertEquals(
        HexFormat.of().formatHex(CoreFixture.hex(CoreFixture.GOLDEN.resolve("response.hex"))),
        HexFormat.of().formatHex(link.sent().get(0)));
    link.deliver(CoreFixture.hex(CoreFixture.GOLDEN.resolve("ping.hex")), 100);
    assertEquals(
        HexFormat.of().formatHex(CoreFixture.hex(CoreFixture.GOLDEN.resolve("pong.hex"))),
        HexFormat.of().formatHex(link.sent().get(1)));
  }

  /** {@code hello-*} as the first thing on a connection, {@code channel-*} on a channel with stream 1 open. The first line of
   * each file says what the answer must contain. */
  @Test
  void theRejectListIsRefused() throws Exception {
    List<Path> files = CoreFixture.files("reject");
    assertTrue(files.size() >= 20, files.size() + " files");
    for (Path file : files) {
      String says = Files.readAllLines(file).get(0).replaceFirst("^#\\s*", "");
      FakeLink link = new FakeLink();
      Multiplexer multiplexer = CoreFixture.multiplexer();
      boolean onChannel = file.getFileName().toString().startsWith("channel-");
      if (onChannel) {
        CoreFixture.connection(multiplexer, link);
        link.deliver(Frames.open(1, "echo").bytes(), 100);
      } else {
        multiplexer.accept(link);
      }
      link.deliver(CoreFixture.hex(file), 7);
      assertTrue(link.isClosed(), () -> file + " was accepted");
      byte[] last = link.sent().get(link.sent().size() - 1);
      assertEquals(onChannel ? FrameType.GOAWAY : FrameType.REJECT, last[4], file.toString());
      String text = new String(last, StandardCharsets.UTF_8);
      assertTrue(text.contains(says), () -> file + ": '" + says + "' is missing in " + text);
    }
  }

  @Test
  void longTextsAreCutBetweenCharacters() {
    byte[] frame =
        Frames.farewell(FrameType.GOAWAY, 0, "x" + "\u00e9".repeat(3000)).bytes();
    ByteBuffer body = ByteBuffer.wrap(frame, 12, frame.length - 12);
    String text = Frames.text(body, "text");
    assertEquals("x" + "\u00e9".repeat((Limits.TEXT_BYTES_MAX - 1) / 2), text);
    assertFalse(text.contains("\ufffd"));
  }

  @Test
  void controlCharactersOfAPeerDoNotReachTheLog() {
    byte[] frame = Frames.farewell(FrameType.GOAWAY, 0, "a\nb\u001b[2Jc").bytes();
    assertEquals("a?b?[2Jc", Frames.text(ByteBuffer.wrap(frame, 12, frame.length - 12), "text"));
  }
}
