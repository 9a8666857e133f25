package org.fluidosgi.channel.attributes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.osgi.framework.Version;

class AttributesTest {
  private static final int SEEDS = 300;

  @Test
  void everyTypeComesBackAsItself() {
    Map<String, Object> map = everyType();
    Map<String, Object> back = Attributes.decode(Attributes.encode(map));
    assertEquals(describe(map), describe(back));
    assertEquals(new ArrayList<>(map.keySet()), new ArrayList<>(back.keySet()));
  }

  @Test
  void goldenBytes() throws IOException {
    Map<String, Object> map = everyType();
    String golden = resource("/golden/attributes.hex").replaceAll("\\s", "");
    assertEquals(golden, HexFormat.of().formatHex(Attributes.encode(map)));
    assertEquals(describe(map), describe(Attributes.decode(HexFormat.of().parseHex(golden))));
  }

  @Test
  void randomMapsComeBackAsTheyWere() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Map<String, Object> map = randomMap(random, 3);
      byte[] bytes = Attributes.encode(map);
      assertEquals(describe(map), describe(Attributes.decode(bytes)), "seed " + seed);
    }
  }

  @Test
  void cutAndFlippedBytesFailCleanlyOrDecode() {
    byte[] whole = Attributes.encode(everyType());
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(
          IllegalArgumentException.class, () -> Attributes.decode(cut), "cut at " + length);
    }
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = whole.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        Attributes.encode(Attributes.decode(bytes));
      } catch (IllegalArgumentException e) {
        assertTrue(e.getMessage() != null && !e.getMessage().isBlank(), "seed " + seed);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refusesToWrite(String why, Map<String, ?> map, String named) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Attributes.encode(map));
    assertTrue(e.getMessage().contains(named), e.getMessage());
  }

  static List<Arguments> refusesToWrite() {
    Map<String, Object> nullValue = new HashMap<>();
    nullValue.put("k", null);
    Map<Object, Object> odd = new HashMap<>();
    odd.put(1, "x");
    Map<String, Object> deep = Map.of("k", "end");
    for (int i = 0; i < 40; i++) {
      deep = Map.of("k", deep);
    }
    return List.of(
        Arguments.of("foreign type", Map.of("k", new BigInteger("1")), "'k' is of type java.math"),
        Arguments.of("foreign type in a list", Map.of("k", List.of(Thread.State.NEW)), "'k'"),
        Arguments.of("Object array", Map.of("k", new Object[] {"a"}), "java.lang.Object[]"),
        Arguments.of("array of arrays", Map.of("k", new int[1][1]), "int[][]"),
        Arguments.of("null value", nullValue, "'k'"),
        Arguments.of("null in an array", Map.of("k", new String[] {"a", null}), "'k'"),
        Arguments.of("null in a list", Map.of("k", Collections.singletonList(null)), "'k'"),
        Arguments.of("set of arrays", Map.of("k", Set.of(new byte[1])), "'k'"),
        Arguments.of("key no string", odd, "keys must be strings"),
        Arguments.of("key too long", Map.of("k".repeat(1025), 1), "1025"),
        Arguments.of("half a surrogate pair", Map.of("k", "a\ud800"), "'k'"),
        Arguments.of("too deep", deep, "nested deeper"),
        Arguments.of("too long", Map.of("k", new byte[256 * 1024]), "262144"));
  }

  @Test
  void refusesEveryLineOfTheRejectList() throws IOException {
    int lines = 0;
    for (String line : resource("/golden/attributes-reject.txt").split("\n")) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split(";", 2);
      byte[] bytes = HexFormat.of().parseHex(parts[0].replace(" ", ""));
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> Attributes.decode(bytes), line);
      assertTrue(e.getMessage().startsWith("malformed attributes: "), e.getMessage());
      lines++;
    }
    assertTrue(lines > 25, lines + " lines");
  }

  @Test
  void deepInputIsRefused() {
    byte[] bytes = new byte[10_000];
    Arrays.fill(bytes, (byte) 0x81); // [[[[...
    bytes[0] = (byte) 0xa1;
    bytes[1] = 0x61;
    bytes[2] = 'k';
    assertThrows(IllegalArgumentException.class, () -> Attributes.decode(bytes));
  }

  @Test
  void resultCannotBeChanged() {
    Map<String, Object> back = Attributes.decode(Attributes.encode(Map.of("l", List.of(1))));
    assertThrows(UnsupportedOperationException.class, () -> back.put("x", 1));
    assertThrows(UnsupportedOperationException.class, () -> ((List<?>) back.get("l")).clear());
  }

  private static Map<String, Object> everyType() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("string", "f\u00fc\ud83d\ude00");
    map.put("Case", true);
    map.put("case", false);
    map.put("int", -7);
    map.put("long", 7L);
    map.put("longMax", Long.MAX_VALUE);
    map.put("short", (short) -300);
    map.put("byte", (byte) 200);
    map.put("char", '\u20ac');
    map.put("float", 1.5f);
    map.put("double", Math.PI);
    map.put("version", new Version("1.2.3.q"));
    map.put("strings", new String[] {"a", "", "b"});
    map.put("booleans", new boolean[] {true, false});
    map.put("Booleans", new Boolean[] {true});
    map.put("ints", new int[] {1, Integer.MIN_VALUE, Integer.MAX_VALUE});
    map.put("Integers", new Integer[] {3});
    map.put("longs", new long[] {1, Long.MIN_VALUE});
    map.put("Longs", new Long[] {2L});
    map.put("shorts", new short[] {1});
    map.put("Shorts", new Short[] {2});
    map.put("bytes", new byte[] {1, -1});
    map.put("Bytes", new Byte[] {3});
    map.put("chars", new char[] {'a', '\uffff'});
    map.put("Characters", new Character[] {'b'});
    map.put("floats", new float[] {Float.MIN_VALUE, Float.NaN});
    map.put("Floats", new Float[] {-0f});
    map.put("doubles", new double[] {Double.MAX_VALUE, Double.NEGATIVE_INFINITY});
    map.put("Doubles", new Double[] {1d});
    map.put("versions", new Version[] {Version.emptyVersion});
    map.put("list", List.of(1, 2L, "x", List.of(), Map.of("k", 'c')));
    map.put("set", new LinkedHashSet<>(List.of("b", "a", 1)));
    map.put("map", Map.of("nested", new long[0]));
    return map;
  }

  private static Map<String, Object> randomMap(Random random, int depth) {
    Map<String, Object> map = random.nextBoolean() ? new LinkedHashMap<>() : new TreeMap<>();
    int size = random.nextInt(12);
    for (int i = 0; i < size; i++) {
      map.put(text(random), randomValue(random, depth));
    }
    return map;
  }

  private static Object randomValue(Random random, int depth) {
    int pick = random.nextInt(depth > 0 ? 15 : 10);
    return switch (pick) {
      case 10 -> {
        List<Object> list = new ArrayList<>();
        fill(random, () -> list.add(randomValue(random, depth - 1)));
        yield list;
      }
      case 11 -> {
        Set<Object> set = new LinkedHashSet<>();
        fill(random, () -> set.add(scalar(random, random.nextInt(10))));
        yield set;
      }
      case 12 -> randomMap(random, depth - 1);
      case 13 -> array(random, true);
      case 14 -> array(random, false);
      default -> scalar(random, pick);
    };
  }

  private static void fill(Random random, Runnable add) {
    for (int i = random.nextInt(6); i > 0; i--) {
      add.run();
    }
  }

  private static Object array(Random random, boolean primitive) {
    int pick = random.nextInt(10);
    Class<?> type = scalar(random, pick).getClass();
    if (primitive && pick != 0 && pick != 9) {
      type = java.lang.invoke.MethodType.methodType(type).unwrap().returnType();
    }
    Object array = java.lang.reflect.Array.newInstance(type, random.nextInt(6));
    for (int i = 0; i < java.lang.reflect.Array.getLength(array); i++) {
      java.lang.reflect.Array.set(array, i, scalar(random, pick));
    }
    return array;
  }

  private static Object scalar(Random random, int pick) {
    return switch (pick) {
      case 0 -> text(random);
      case 1 -> random.nextBoolean();
      case 2 -> random.nextInt() >> random.nextInt(32);
      case 3 -> random.nextLong() >> random.nextInt(64);
      case 4 -> (short) random.nextInt();
      case 5 -> (byte) random.nextInt();
      case 6 -> (char) random.nextInt();
      case 7 -> Float.intBitsToFloat(random.nextInt());
      case 8 -> Double.longBitsToDouble(random.nextLong());
      default -> new Version(random.nextInt(9), random.nextInt(9), random.nextInt(9), "q" + pick);
    };
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      int c = random.nextInt(random.nextBoolean() ? 0x80 : 0x10ffff);
      text.appendCodePoint(c >= 0xd800 && c < 0xe000 ? 'x' : c);
    }
    return text.toString();
  }

  /** Value and exact type as text, down to the elements; sets and maps keep their order. */
  private static String describe(Object value) {
    if (value instanceof Map<?, ?> map) {
      StringBuilder text = new StringBuilder("map{");
      map.forEach((k, v) -> text.append(k).append('=').append(describe(v)).append(','));
      return text.append('}').toString();
    }
    if (value instanceof List<?> || value instanceof Set<?>) {
      StringBuilder text = new StringBuilder(value instanceof List ? "list[" : "set[");
      ((Iterable<?>) value).forEach(v -> text.append(describe(v)).append(','));
      return text.append(']').toString();
    }
    if (value.getClass().isArray()) {
      StringBuilder text = new StringBuilder(value.getClass().getTypeName()).append('(');
      for (int i = 0; i < java.lang.reflect.Array.getLength(value); i++) {
        text.append(describe(java.lang.reflect.Array.get(value, i))).append(',');
      }
      return text.append(')').toString();
    }
    return value.getClass().getSimpleName() + ":" + value;
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = AttributesTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
