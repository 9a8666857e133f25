package org.fluidosgi.rsa.internal.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.fluidosgi.channel.ChannelException;
import org.junit.jupiter.api.Test;

class WireTest {
  private static ByteBuffer request(String codec, String method) {
    Bytes bytes = new Bytes(64);
    bytes.write(Wire.VERSION);
    bytes.writeLong(1);
    bytes.writeLong(2);
    bytes.writeText(codec, 20_000);
    bytes.writeText(method, 20_000);
    return bytes.content();
  }

  @Test
  void namesOfTheLongestLengthAreRead() {
    Wire.Request read = Wire.readRequest(request("c".repeat(64), "m".repeat(8_000)));
    assertEquals(new UUID(1, 2), read.endpoint());
    assertEquals(64, read.codec().length());
    assertEquals(8_000, read.method().length());
  }

  @Test
  void namesOfAnotherLengthAreRefused() {
    assertMalformed(request("", "m()"));
    assertMalformed(request("c".repeat(65), "m()"));
    assertMalformed(request("c", "m".repeat(8_001)));
  }

  private static void assertMalformed(ByteBuffer request) {
    ChannelException refused =
        assertThrows(ChannelException.class, () -> Wire.readRequest(request));
    assertEquals(ChannelException.Effect.NONE, refused.effect());
    assertTrue(refused.getMessage().contains("characters"), refused.getMessage());
  }
}
