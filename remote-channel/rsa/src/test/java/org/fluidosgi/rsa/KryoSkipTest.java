package org.fluidosgi.rsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.rsa.internal.kryo.KryoCodecFactory;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecException;
import org.junit.jupiter.api.Test;

/** A newer writer and an older reader: the two classes have names of one length, so that the bytes of one read as the other. */
class KryoSkipTest {
  static class Mote implements Comparable<Mote> {
    String name = "mote";

    @Override
    public int compareTo(Mote other) {
      return name.compareTo(other.name);
    }
  }

  enum Tint {
    DARK
  }

  static class NewFailure extends Exception {
    private static final long serialVersionUID = 1L;

    NewFailure(String message) {
      super(message);
    }
  }

  record Pair(int number, Object insisted) {
    Pair {
      Objects.requireNonNull(insisted);
    }
  }

  static class New {
    Object added;
    Object last = "end";
  }

  static class Old {
    Object last;
  }

  interface NewApi {
    New get(Mote mote, Tint tint, Pair pair) throws NewFailure;
  }

  interface OldApi {
    Old get(Pair pair);
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
  void containersOfAnUnknownClassAreReadOver() {
    assertReadOver(EnumSet.of(Tint.DARK));
    assertReadOver(Tint.DARK);
    assertReadOver(new TreeSet<>(Set.of(new Mote())));
    assertReadOver(new ArrayList<>(List.of(new Mote(), 1)));
    assertReadOver(new PriorityQueue<>(List.of(new Mote())));
    assertReadOver(new TreeMap<>(Map.of(new Mote(), 1)));
    assertReadOver(new ConcurrentHashMap<>(Map.of(1, new Mote())));
    assertReadOver(new Comparable<?>[] {new Mote(), Tint.DARK});
    assertReadOver(new Mote[] {new Mote()});
  }

  @Test
  void anExceptionThatHoldsAnUnknownClassIsReadOver() {
    assertReadOver(new IllegalStateException("outer", new NewFailure("inner")));
    IllegalStateException suppressing = new IllegalStateException("outer");
    suppressing.addSuppressed(new NewFailure("inner"));
    assertReadOver(suppressing);
  }

  @Test
  void aKnownClassThatHoldsAnUnknownOneIsReadOver() {
    New inner = new New();
    inner.last = new Mote();
    assertReadOver(inner);
    assertReadOver(new Pair(1, new Mote()));
  }

  @Test
  void whatIsSharedWithAnUnknownFieldArrivesWholeOrNotAtAll() {
    List<Object> whole = new ArrayList<>(List.of(1, 2));
    assertEquals(whole, readByOld(whole, whole).last);
    List<Object> partly = new ArrayList<>(List.of(1, new Mote()));
    assertThrows(CodecException.class, () -> readByOld(partly, partly));
    Set<Tint> tints = EnumSet.of(Tint.DARK);
    assertThrows(CodecException.class, () -> readByOld(tints, tints));
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
