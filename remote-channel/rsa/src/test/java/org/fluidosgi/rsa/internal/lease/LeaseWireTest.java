package org.fluidosgi.rsa.internal.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.attributes.Attributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of leases, as protocol-rsa section 7 has them. */
class LeaseWireTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/lease");
  private static final UUID ID = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f");

  private static final LeaseWire.Answer ANSWER = new LeaseWire.Answer(
      true,
      30_000,
      List.of(
          new LeaseChange(LeaseChange.Kind.ADDED, ID, Attributes.encode(Map.of("colour", "blue"))),
          new LeaseChange(LeaseChange.Kind.MODIFIED, ID, Attributes.encode(Map.of("size", 3L))),
          new LeaseChange(LeaseChange.Kind.REMOVED, ID, new byte[0])));

  private static byte[] golden(Path file) throws IOException {
    return HexFormat.of().parseHex(Files.readString(file).replaceAll("(?m)^#.*$|\\s", ""));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @Test
  void goldenBytes() throws IOException {
    assertEquals(
        HexFormat.of().formatHex(golden(GOLDEN.resolve("request.hex"))),
        HexFormat.of().formatHex(bytes(LeaseWire.request())));
    byte[] answer = golden(GOLDEN.resolve("answer.hex"));
    assertEquals(
        HexFormat.of().formatHex(answer),
        HexFormat.of().formatHex(bytes(LeaseWire.answer(ANSWER))));
    assertEquals(ANSWER, LeaseWire.readAnswer(ByteBuffer.wrap(answer)));
    LeaseWire.checkRequest(ByteBuffer.wrap(new byte[] {1, 1, 9})); // a later version may append
  }

  static Stream<Path> rejects() throws IOException {
    return Files.list(GOLDEN.resolve("reject")).sorted();
  }

  /** The first line of each file says what the refusal mentions. */
  @ParameterizedTest
  @MethodSource("rejects")
  void malformedAnswersAreRefused(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(golden(file));
    String said =
        assertThrows(ChannelException.class, () -> LeaseWire.readAnswer(in)).getMessage();
    String mentioned = Files.readAllLines(file).get(0).substring(1).trim();
    assertTrue(said.contains(mentioned), said);
  }

  @Test
  void cutAndFlippedBytesAreRefusedOrRead() {
    byte[] whole = bytes(LeaseWire.answer(ANSWER));
    for (int length = 0; length < whole.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
      assertThrows(ChannelException.class, () -> LeaseWire.readAnswer(cut));
    }
    Random random = new Random(7);
    for (int round = 0; round < 5_000; round++) {
      byte[] flipped = whole.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        LeaseWire.readAnswer(ByteBuffer.wrap(flipped));
      } catch (ChannelException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("malformed lease message"));
      }
    }
  }
}
