package org.fluidosgi.rsa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.rsa.internal.kryo.KryoCodecFactory;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecException;
import org.junit.jupiter.api.Test;

class KryoLimitsTest {
  interface Api {
    Object any(TimeUnit unit);
  }

  private final Codec codec = new KryoCodecFactory().create(CodecContract.space(Api.class));
  private final Method any = Api.class.getMethods()[0];

  @Test
  void nestedCountsCannotClaimTheSameBytes() {
    int size = 1 << 20;
    ByteBuffer bytes = ByteBuffer.allocate(size);
    String name = Object[].class.getName();
    bytes.put((byte) 1).put((byte) 0).put((byte) 'a').put((byte) (name.length() + 1));
    bytes.put(name.getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < 300; i++) {
      bytes.put((byte) 1); // new object, then a count of 900 000
      int count = 900_000;
      bytes.put((byte) (count & 0x7f | 0x80)).put((byte) (count >> 7 & 0x7f | 0x80));
      bytes.put((byte) (count >> 14));
      bytes.put((byte) 1).put((byte) 0); // the next element is such an array again
    }
    CodecException refused = assertThrows(
        CodecException.class, () -> codec.decodeResult(any, bytes.position(0).limit(size)));
    assertTrue(refused.getMessage().contains("in all exceed"), refused.getMessage());
  }

  @Test
  void denseContentIsNeverTakenForTooMuch() {
    String text = "t".repeat(10_000);
    Object[] dense = {
      text,
      new byte[10_000],
      new boolean[10_000],
      new int[10_000],
      new long[10_000],
      new char[10_000],
      new short[10_000],
      new double[10_000],
      new float[10_000],
      new Object[10_000],
      new String[] {text, text},
      new StringBuilder(text).toString(),
      BigInteger.ONE.shiftLeft(10_000),
      EnumSet.allOf(TimeUnit.class)
    };
    for (Object one : dense) {
      assertArrayEquals(new Object[] {one}, (Object[]) copy(new Object[] {one}));
    }
    assertArrayEquals(dense, (Object[]) copy(dense));
    List<Object> nulls = new ArrayList<>(Collections.nCopies(10_000, null));
    assertEquals(nulls, copy(nulls));
    assertEquals(Map.of(1, nulls), copy(Map.of(1, nulls)));
    BitSet bits = new BitSet();
    bits.set(10_000);
    assertEquals(bits, copy(bits));
    Throwable thrown = (Throwable) copy(new IllegalStateException(text));
    assertEquals(text, thrown.getMessage());
  }

  private Object copy(Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codec.encodeResult(any, value, out);
    return codec.decodeResult(any, ByteBuffer.wrap(out.toByteArray()));
  }
}
