package org.fluidosgi.channel.internal.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Mutated frames from the golden files, with fixed seeds: nothing but a protocol error may come of them. */
class FuzzTest {
  private static final int ROUNDS = 5_000 * Integer.getInteger("fluid.test.rounds", 1);

  private static List<byte[]> corpus() throws IOException {
    List<byte[]> corpus = new ArrayList<>();
    for (String folder : new String[] {".", "reject"}) {
      for (Path file : CoreFixture.files(folder)) {
        corpus.add(CoreFixture.hex(file));
      }
    }
    corpus.add(Frames.open(1, "echo").bytes());
    corpus.add(Frames.open(3, "echo").bytes());
    return corpus;
  }

  private static byte[] mutated(List<byte[]> corpus, Random random) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    if (random.nextBoolean()) {
      all.writeBytes(Frames.open(1, "echo").bytes());
    }
    int frames = 1 + random.nextInt(4);
    for (int i = 0; i < frames; i++) {
      byte[] frame = corpus.get(random.nextInt(corpus.size())).clone();
      int changes = random.nextInt(4);
      for (int c = 0; c < changes && frame.length > 0; c++) {
        int at = random.nextInt(frame.length);
        switch (random.nextInt(4)) {
          case 0 -> frame[at] ^= (byte) (1 << random.nextInt(8));
          case 1 -> frame[at] = (byte) random.nextInt(256);
          case 2 -> frame = Arrays.copyOf(frame, at);
          default -> frame = Arrays.copyOf(frame, frame.length + random.nextInt(20));
        }
      }
      if (frame.length >= 10 && random.nextBoolean()) {
        ByteBuffer.wrap(frame).putInt(frame.length - 4); // so that the body is reached
      }
      all.writeBytes(frame);
    }
    return all.toByteArray();
  }

  @Test
  void anOpenChannelSurvives() throws Exception {
    run(20_261_122, true);
  }

  @Test
  void theHandshakeSurvives() throws Exception {
    run(4711, false);
  }

  private static void run(long seed, boolean open) throws IOException {
    List<byte[]> corpus = corpus();
    Random random = new Random(seed);
    Multiplexer multiplexer = CoreFixture.multiplexer();
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = mutated(corpus, random);
      FakeLink link = new FakeLink();
      if (open) {
        CoreFixture.connection(multiplexer, link);
      } else {
        multiplexer.accept(link);
      }
      try {
        link.deliver(bytes, 1 + random.nextInt(64));
      } catch (RuntimeException | Error e) {
        fail("seed " + seed + ", round " + round + ": " + HexFormat.of().formatHex(bytes), e);
      }
      refused += link.isClosed() ? 1 : 0;
    }
    if (refused == 0 || refused == ROUNDS) {
      fail("the mutations are no good: " + refused + " of " + ROUNDS + " refused");
    }
    assertEquals(0, multiplexer.channels().size(), "a fuzzer cannot know the token");
  }

  @Test
  void chunksDoNotMatter() throws Exception {
    Random random = new Random(99);
    for (int round = 0; round < 2000; round++) {
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      int frames = 1 + random.nextInt(5);
      for (int i = 0; i < frames; i++) {
        byte[] payload = new byte[random.nextInt(200)];
        random.nextBytes(payload);
        expected.writeBytes(
            Frames.message(random.nextInt(), ByteBuffer.wrap(payload)).bytes());
      }
      ByteArrayOutputStream actual = new ByteArrayOutputStream();
      FrameReader reader = new FrameReader(1000);
      byte[] bytes = expected.toByteArray();
      int at = 0;
      while (at < bytes.length) {
        int count = Math.min(bytes.length - at, 1 + random.nextInt(40));
        reader.read(
            ByteBuffer.wrap(bytes, at, count),
            (type, flags, stream, body) ->
                actual.writeBytes(Frames.message(stream, body).bytes()));
        at += count;
      }
      assertArrayEquals(bytes, actual.toByteArray(), "round " + round);
    }
  }
}
