package org.fluidosgi.registry.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sorted records beside a tree, through random changes; earlier states stay what they were. */
class SortedRecordsPropertyTest {
  private static final int NAMES = 2_000;
  private static final List<NodeId> OWNERS =
      List.of(new NodeId(new UUID(0, 1)), new NodeId(new UUID(0, 2)), new NodeId(new UUID(-1, 3)));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theyHoldWhatATreeHolds(long seed) {
    Random random = new Random(seed);
    SortedRecords records = SortedRecords.NONE;
    TreeMap<RecordId, StoredRecord> model = new TreeMap<>(KeyIndex.ORDER);
    SortedRecords kept = records;
    List<StoredRecord> keptModel = List.of();
    for (int step = 0; step < 30_000; step++) {
      // Grows, shrinks to nothing, grows again; half the time by names that count up.
      boolean grow = random.nextInt(100) < (step / 6_000 % 2 == 0 ? 80 : 15);
      RecordId id = seed % 2 == 0 && grow
          ? new RecordId(OWNERS.get(2), "k", String.format("n%06d", step))
          : id(random);
      if (grow) {
        StoredRecord now = record(id, step);
        records = records.with(now);
        model.put(id, now);
      } else {
        RecordId gone = model.isEmpty() || random.nextInt(10) == 0 ? id : model.ceilingKey(id);
        gone = gone == null ? model.firstKey() : gone;
        records = records.without(gone);
        model.remove(gone);
      }
      assertEquals(model.size(), records.size());
      RecordId asked = id(random);
      assertSame(model.get(asked), records.get(asked));
      if (step % 500 == 0) {
        assertEquals(keptModel, all(kept.from(null, null)), "seed " + seed + ", step " + step);
        assertSameParts(model, records, asked);
        kept = records;
        keptModel = List.copyOf(model.values());
      }
    }
    for (RecordId id : List.copyOf(model.keySet())) {
      records = records.without(id);
    }
    assertSame(SortedRecords.NONE, records);
    assertNull(records.get(id(random)));
  }

  private static void assertSameParts(
      TreeMap<RecordId, StoredRecord> model, SortedRecords records, RecordId position) {
    assertEquals(List.copyOf(model.values()), all(records.from(null, null)));
    assertEquals(
        List.copyOf(model.tailMap(position, false).values()), all(records.from(position, null)));
    for (NodeId owner : OWNERS) {
      for (RecordId behind : new @Nullable RecordId[] {null, position}) {
        assertEquals(
            model.values().stream()
                .filter(each -> each.record().id().owner().equals(owner))
                .filter(each ->
                    behind == null || KeyIndex.ORDER.compare(each.record().id(), behind) > 0)
                .toList(),
            all(records.from(behind, owner)));
      }
    }
  }

  private static List<StoredRecord> all(Iterator<StoredRecord> iterator) {
    List<StoredRecord> found = new ArrayList<>();
    while (iterator.hasNext()) {
      found.add(iterator.next());
    }
    assertFalse(iterator.hasNext());
    assertThrows(NoSuchElementException.class, iterator::next);
    return found;
  }

  private static RecordId id(Random random) {
    return new RecordId(
        OWNERS.get(random.nextInt(OWNERS.size())), "k", "name" + random.nextInt(NAMES));
  }

  private static StoredRecord record(RecordId id, long seq) {
    return StoredRecord.of(
        new RegistryRecord(
            id,
            new Incarnation(new UUID(1, 1), 1),
            0,
            seq,
            RegistryRecord.Scope.GROUP,
            Duration.ZERO,
            1,
            Set.of(),
            Map.of()),
        new byte[0]);
  }
}
