package org.fluidosgi.registry.internal.compact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Small maps are what linked ones are, and equal parts of them are one object. */
class FixedMapTest {
  @Test
  void everyMapIsTheOneItWasMadeOf() {
    Random random = new Random(7);
    SharedValues shared = new SharedValues();
    for (int round = 0; round < 2_000; round++) {
      Map<String, Object> model = new LinkedHashMap<>();
      int size = random.nextInt(Names.COUNT_MAX + 8);
      for (int i = 0; i < size; i++) {
        // "Aa" and "BB" have the same hash.
        model.put((random.nextBoolean() ? "Aa" : "BB") + random.nextInt(60), random.nextInt());
      }
      Map<String, Object> map = FixedMap.copyOf(model, shared);
      assertEquals(model, map);
      assertEquals(map, model);
      assertEquals(model.hashCode(), map.hashCode());
      assertEquals(new ArrayList<>(model.entrySet()), new ArrayList<>(map.entrySet()));
      assertEquals(List.copyOf(model.keySet()), List.copyOf(map.keySet()));
      assertEquals(model.keySet(), map.keySet());
      List<Object> told = new ArrayList<>();
      map.forEach((name, value) -> told.add(Map.entry(name, value)));
      assertEquals(new ArrayList<>(model.entrySet()), told);
      for (int i = 0; i < 60; i++) {
        assertEquals(model.get("Aa" + i), map.get("Aa" + i));
        assertEquals(model.containsKey("BB" + i), map.containsKey("BB" + i));
      }
      assertNull(map.get(null));
    }
  }

  @Test
  void aMapCannotBeChanged() {
    for (int size : new int[] {1, Names.COUNT_MAX + 1}) {
      Map<String, Object> model = new LinkedHashMap<>();
      for (int i = 0; i < size; i++) {
        model.put("name" + i, i);
      }
      Map<String, Object> map = FixedMap.copyOf(model);
      model.put("name0", "changed");
      assertEquals(0, map.get("name0"));
      assertThrows(UnsupportedOperationException.class, () -> map.put("x", 1));
      assertThrows(UnsupportedOperationException.class, () -> map.remove("name0"));
      assertThrows(UnsupportedOperationException.class, map::clear);
      assertThrows(UnsupportedOperationException.class, () -> map.keySet().remove("name0"));
      assertThrows(
          UnsupportedOperationException.class,
          () -> map.entrySet().iterator().next().setValue(2));
    }
  }

  @Test
  void equalPartsAreOneObject() {
    SharedValues shared = new SharedValues();
    assertSame(shared.text(new String("a.A")), shared.text(new String("a.A")));
    assertSame(
        shared.keys(Set.of(new String("k"), "l")), shared.keys(Set.of("l", new String("k"))));
    assertSame(
        shared.names(new String[] {"a", "b"}), shared.names(new String[] {new String("a"), "b"}));
    assertNotSame(shared.names(new String[] {"a", "b"}), shared.names(new String[] {"b", "a"}));
    Map<String, Object> map = FixedMap.copyOf(Map.of("a", 1));
    assertSame(map, FixedMap.copyOf(map, shared));
  }

  @Test
  void whatIsKeptIsBounded() {
    SharedValues shared = new SharedValues();
    String early = shared.text("early");
    for (int i = 0; i < 40 * SharedValues.TEXTS_MAX; i++) {
      shared.text("text " + i);
    }
    assertNotSame(early, shared.text(new String("early")), "its place was taken");
    String longest = "x".repeat(SharedValues.TEXT_CHARS_MAX + 1);
    shared.text(longest);
    assertNotSame(longest, shared.text(new String(longest)));
    Set<String> large = Set.of(longest);
    shared.keys(large);
    assertTrue(large != shared.keys(Set.of(new String(longest))));
  }
}
