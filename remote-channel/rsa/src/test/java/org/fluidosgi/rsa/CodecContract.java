package org.fluidosgi.rsa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.fluidosgi.rsa.spi.ClassSpace;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecException;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;

/** What every codec must do. */
abstract class CodecContract {
  enum Colour {
    RED,
    GREEN {
      @Override
      boolean isNice() {
        return true;
      }
    };

    boolean isNice() {
      return false;
    }
  }

  record Point(int x, Integer y, List<String> names) {}

  static class Node {
    private String name;
    private Node next;
    protected Map<String, Set<Integer>> numbers = new LinkedHashMap<>();
    public Colour colour = Colour.GREEN;
    public transient String skipped = "kept away";

    Node(String name) {
      this.name = name;
    }
  }

  static class Sub extends Node {
    Point[] points = {new Point(1, null, List.of("a"))};

    Sub() {
      super("sub");
    }
  }

  sealed interface Shape permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Shape {}

  static class Broken extends Exception {
    private static final long serialVersionUID = 1L;
    final int code;

    Broken(int code) {
      super("broken with " + code);
      this.code = code;
    }
  }

  static class Stranger {
    String secret = "s";
  }

  static class StrangeFailure extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    StrangeFailure(String message) {
      super(message);
    }
  }

  interface Api<T extends Shape> {
    Object any(Object value);

    Sub node(Node node) throws Broken, IOException;

    Map<Colour, List<Point>> map(T[] shapes, EnumSet<Colour> colours);

    void none();
  }

  abstract Codec codec(ClassSpace space);

  static ClassSpace space(Class<?>... interfaces) {
    return new ClassSpace() {
      @Override
      public List<Class<?>> interfaces() {
        return List.of(interfaces);
      }

      @Override
      public Optional<Class<?>> beside(Class<?> declared, String name) {
        return Optional.empty();
      }

      @Override
      public List<Class<?>> configured() {
        return List.of();
      }
    };
  }

  private final Codec codec = codec(space(Api.class));
  private final Method any = method("any");

  static Method method(String name) {
    return Arrays.stream(Api.class.getMethods())
        .filter(m -> m.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private byte[] bytes(Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codec.encodeResult(any, value, out);
    return out.toByteArray();
  }

  private <T> T copy(T value) {
    return copyAs(value);
  }

  @SuppressWarnings("unchecked")
  private <T> T copyAs(Object value) {
    return (T) codec.decodeResult(any, ByteBuffer.wrap(bytes(value)));
  }

  @Test
  void valuesStayEqual() {
    for (Object value : List.of(
        "text \u00e4\u20ac\ud83d\ude00",
        1,
        2L,
        (short) 3,
        (byte) 4,
        'c',
        true,
        1.5f,
        2.5,
        BigInteger.TEN.pow(40),
        new BigDecimal("1.50"),
        new UUID(1, 2),
        Instant.ofEpochSecond(5, 6),
        LocalDate.of(2026, 11, 22),
        ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 6, ZoneId.of("Europe/Berlin")),
        ZoneId.of("Europe/Berlin"),
        Duration.ofMillis(7),
        Optional.of("x"),
        Optional.empty(),
        new Date(8),
        URI.create("a:b"),
        Locale.GERMANY,
        new Version(1, 2, 3, "q"),
        Colour.RED,
        Colour.GREEN,
        new Circle(2),
        List.of(),
        Map.of("k", List.of(1)))) {
      assertEquals(value, copyAs(value), value.getClass().getName());
    }
    assertNull(copyAs(null));
    assertArrayEquals(new int[] {1, -1}, copy(new int[] {1, -1}));
    assertArrayEquals(new String[] {"a", null}, copy(new String[] {"a", null}));
    assertArrayEquals(new Object[] {1, new long[] {2}}, copy(new Object[] {1, new long[] {2}}));
    assertArrayEquals(new int[][] {{1}, {}}, copy(new int[][] {{1}, {}}));
    assertArrayEquals(new Shape[] {new Circle(1)}, copy(new Shape[] {new Circle(1)}));
  }

  @Test
  void collectionsAreMutableOnTheOtherSide() {
    List<Object> list = copyAs(Arrays.asList("b", "a"));
    list.add("c");
    Collections.reverse(list);
    assertEquals(List.of("c", "a", "b"), list);
    List<Object> view = copyAs(Collections.unmodifiableList(new ArrayList<>(List.of(1))));
    view.add(2);
    Map<Object, Object> map = copyAs(Map.of(1, 2));
    map.put(3, 4);
    assertEquals(Map.of(1, 2, 3, 4), map);
    Set<Object> set = copyAs(Set.of(1));
    set.add(2);
    TreeSet<String> reversed = new TreeSet<>(Collections.reverseOrder());
    reversed.addAll(List.of("a", "b"));
    assertEquals("b", copy(reversed).first());
    assertEquals("a", copy(new TreeMap<>(Map.of("b", 1, "a", 2))).firstKey());
    assertEquals(EnumSet.of(Colour.RED), copy(EnumSet.of(Colour.RED)));
    assertEquals(EnumSet.noneOf(Colour.class), copy(EnumSet.noneOf(Colour.class)));
    assertThrows(CodecException.class, () -> bytes(new TreeSet<>(String.CASE_INSENSITIVE_ORDER)));
  }

  @Test
  void objectsKeepPrivateFieldsSharedReferencesAndCycles() {
    Sub sub = new Sub();
    ((Node) sub).next = sub;
    sub.numbers.put("n", Set.of(1));
    Sub read = copy(sub);
    assertNotSame(sub, read);
    assertSame(read, ((Node) read).next);
    assertEquals("sub", ((Node) read).name);
    assertEquals(Map.of("n", Set.of(1)), read.numbers);
    assertEquals(sub.points[0], read.points[0]);
    Node plain = copy(new Node("without a plain constructor"));
    assertEquals("without a plain constructor", plain.name);
    assertNull(plain.skipped, "transient fields stay at home");
  }

  @Test
  void argumentsShareOneGraph() {
    Method map = method("map");
    Shape[] shapes = {new Circle(1), new Square(2)};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codec.encodeArguments(map, new Object[] {shapes, EnumSet.of(Colour.RED)}, out);
    Object[] read = codec.decodeArguments(map, ByteBuffer.wrap(out.toByteArray()));
    assertArrayEquals(shapes, (Object[]) read[0]);
    assertEquals(EnumSet.of(Colour.RED), read[1]);
  }

  @Test
  void exceptionsKeepMessageCauseStackAndFields() {
    Broken broken = new Broken(7);
    broken.initCause(new StrangeFailure("inside"));
    broken.addSuppressed(new IOException("too"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codec.encodeFailure(any, broken, out);
    Broken read = (Broken) codec.decodeFailure(any, ByteBuffer.wrap(out.toByteArray()));
    assertEquals("broken with 7", read.getMessage());
    assertEquals(7, read.code);
    assertEquals(frames(broken), frames(read));
    assertSame(
        IllegalStateException.class, read.getCause().getClass(), "nearest allowed superclass");
    assertEquals(StrangeFailure.class.getName() + ": inside", read.getCause().getMessage());
    assertEquals("too", read.getSuppressed()[0].getMessage());
    assertTrue(codec.carries(NullPointerException.class));
    assertTrue(!codec.carries(StrangeFailure.class));
  }

  @Test
  void exceptionsWithConstructorsOfTheirOwnKeepTheirClass() {
    UncheckedIOException unchecked =
        copy(new UncheckedIOException("outer", new IOException("inner")));
    assertSame(UncheckedIOException.class, unchecked.getClass());
    assertEquals("outer", unchecked.getMessage());
    assertEquals("inner", unchecked.getCause().getMessage());
    MissingResourceException missing = copy(new MissingResourceException("m", "c", "k"));
    assertSame(MissingResourceException.class, missing.getClass());
    assertEquals("m", missing.getMessage());
  }

  private static List<String> frames(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .map(frame ->
            frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber())
        .toList();
  }

  @Test
  void whatIsNotAllowedIsRefusedWithOneLine() {
    CodecException stranger =
        assertThrows(CodecException.class, () -> bytes(List.of(new Stranger())));
    assertTrue(stranger.getMessage().contains(Stranger.class.getName()), stranger.getMessage());
    assertTrue(stranger.getMessage().contains("fluid.rsa.allow"), stranger.getMessage());
    assertEquals(1, stranger.getMessage().lines().count());
    assertThrows(CodecException.class, () -> bytes(new Thread()));
    Runnable lambda = () -> {};
    assertThrows(CodecException.class, () -> bytes(lambda));
    assertThrows(CodecException.class, () -> bytes(new Object()));
  }

  @Test
  void nothingIsNestedTooDeeply() {
    List<Object> deep = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      deep = new ArrayList<>(List.of(deep));
    }
    List<Object> tooDeep = deep;
    CodecException refused = assertThrows(CodecException.class, () -> bytes(tooDeep));
    assertTrue(refused.getMessage().contains("nested deeper"), refused.getMessage());
  }

  @Test
  void damagedBytesAreRefusedAndNothingElse() {
    Sub sub = new Sub();
    sub.numbers.put("n", Set.of(1, 2, 3));
    byte[] good = bytes(Arrays.asList(sub, "text", new int[] {1, 2}, new Broken(1)));
    long seed = System.nanoTime();
    RandomGenerator random = new java.util.Random(seed);
    for (int round = 0; round < 3_000; round++) {
      byte[] bad = good.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(10) == 0 ? random.nextInt(bad.length) : bad.length;
      try {
        codec.decodeResult(any, ByteBuffer.wrap(bad, 0, length));
      } catch (CodecException e) {
        continue;
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }
}
