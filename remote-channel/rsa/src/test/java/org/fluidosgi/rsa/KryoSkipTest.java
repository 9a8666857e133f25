package org.fluidosgi.rsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.fluidosgi.rsa.internal.kryo.KryoCodecFactory;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecException;
import org.junit.jupiter.api.Test;

/** A newer writer and an older reader: the two classes have names of one length, so that the bytes of one read as the other. */
class KryoSkipTest {
  static class Mote {
    String name = "mote";
  }

  static class New {
    Object added;
    Object last = "end";
  }

  static class Old {
    Object last;
  }

  interface NewApi {
    New get(Mote mote);
  }

  interface OldApi {
    Old get();
  }

  private static Old readByOld(Object added, Object last) {
    New written = new New();
    written.added = added;
    written.last = last;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codec(NewApi.class).encodeResult(NewApi.class.getMethods()[0], written, out);
    String text = out.toString(StandardCharsets.ISO_8859_1);
    byte[] bytes =
        text.replace("KryoSkipTest$New", "KryoSkipTest$Old").getBytes(StandardCharsets.ISO_8859_1);
    return (Old)
        codec(OldApi.class).decodeResult(OldApi.class.getMethods()[0], ByteBuffer.wrap(bytes));
  }

  private static Codec codec(Class<?> api) {
    return new KryoCodecFactory().create(CodecContract.space(api));
  }

  private static void assertReadOver(Object added) {
    assertEquals("end", readByOld(added, "end").last);
  }

  @Test
  void anObjectOfAnUnknownClassIsReadOver() {
    assertReadOver(new Mote());
  }

  @Test
  void aSkippedObjectNeverReachesAKnownField() {
    Mote shared = new Mote();
    CodecException refused = assertThrows(CodecException.class, () -> readByOld(shared, shared));
    assertTrue(refused.getMessage().contains("not allowed"), refused.getMessage());
  }

  @Test
  void aSkippedClassNeverReachesAKnownField() {
    CodecException refused =
        assertThrows(CodecException.class, () -> readByOld(new Mote(), new Mote()));
    assertTrue(refused.getMessage().contains("Mote is not allowed"), refused.getMessage());
  }
}
