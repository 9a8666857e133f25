package org.fluidosgi.rsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.fluidosgi.rsa.internal.kryo.KryoCodecFactory;
import org.fluidosgi.rsa.spi.ClassSpace;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecException;
import org.junit.jupiter.api.Test;

class KryoCodecTest extends CodecContract {
  @Override
  Codec codec(ClassSpace space) {
    return new KryoCodecFactory().create(space);
  }

  static class Old {
    String name = "old";
    int removed = 3;
    More unknownHere = new More();
    String last = "end";
  }

  static class More {
    String inner = "inner";
    More self = this;
  }

  static class New {
    String last;
    String name;
    int added = 9;
  }

  interface OldApi {
    Old get();
  }

  interface NewApi {
    New get();
  }

  private static Method get(Class<?> api) throws NoSuchMethodException {
    return api.getMethod("get");
  }

  /** The two names have one length, so that the bytes of one side read as the other's class. */
  private static byte[] renamed(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return text.replace("KryoCodecTest$Old", "KryoCodecTest$New")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void fieldsThatOneSideLacksAreSkippedOrKeepTheirDefault() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codec(space(OldApi.class)).encodeResult(get(OldApi.class), new Old(), out);
    New read = (New) codec(space(NewApi.class))
        .decodeResult(get(NewApi.class), ByteBuffer.wrap(renamed(out.toByteArray())));
    assertEquals("old", read.name);
    assertEquals("end", read.last);
    assertEquals(9, read.added);
  }

  @Test
  void aNameFromTheWireNeverLoadsAClass() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codec(space(OldApi.class)).encodeResult(get(OldApi.class), new Old(), out);
    CodecException refused = assertThrows(
        CodecException.class,
        () -> codec(space(NewApi.class))
            .decodeResult(get(NewApi.class), ByteBuffer.wrap(out.toByteArray())));
    assertTrue(
        refused.getMessage().contains("KryoCodecTest$Old is not allowed"), refused.getMessage());
  }

  @Test
  void nullResultOfAVoidMethodIsOneByte() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Codec codec = codec(space(Api.class));
    codec.encodeResult(method("none"), null, out);
    assertEquals(1, out.size());
    assertNull(codec.decodeResult(method("none"), ByteBuffer.wrap(out.toByteArray())));
  }
}
