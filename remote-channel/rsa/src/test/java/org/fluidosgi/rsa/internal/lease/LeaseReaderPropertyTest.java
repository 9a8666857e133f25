package org.fluidosgi.rsa.internal.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.attributes.Attributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** Whatever comes, changes and goes while a reader asks now and then: applying what it is told gives what there is. */
class LeaseReaderPropertyTest {
  private static final int LEASE_MILLIS = 300;

  /** Runs what is scheduled when it is told to. */
  private static final class Tasks implements Env {
    final List<Runnable> scheduled = new ArrayList<>();

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public long currentTimeMillis() {
      return 0;
    }

    @Override
    public RandomGenerator random() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      assertEquals(LEASE_MILLIS / 3, delay.toMillis());
      scheduled.add(task);
      return () -> scheduled.remove(task);
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }
  }

  private final Map<UUID, EndpointDescription> exported = new LinkedHashMap<>();
  private final LeaseSource source = new LeaseSource() {
    @Override
    public List<UUID> endpoints() {
      return List.copyOf(exported.keySet());
    }

    @Override
    public EndpointDescription endpoint(UUID id) {
      return exported.get(id);
    }
  };
  private final Tasks tasks = new Tasks();
  private final Map<UUID, Object> told = new HashMap<>();

  private void put(UUID id, int number) {
    exported.put(
        id,
        new EndpointDescription(Map.of(
            "objectClass",
            new String[] {"a.B"},
            "endpoint.id",
            "urn:uuid:" + id,
            "service.imported.configs",
            "fluid.channel",
            "number",
            number)));
  }

  private LeaseReader reader(int most) {
    return new LeaseReader(source, new EndpointBytes("test"), LEASE_MILLIS, most);
  }

  private LeaseWire.Answer apply(CompletableFuture<ByteBuffer> answer) {
    LeaseWire.Answer read = LeaseWire.readAnswer(answer.join());
    for (LeaseChange change : read.changes()) {
      boolean known = told.containsKey(change.endpoint());
      assertEquals(
          change.kind() != LeaseChange.Kind.ADDED, known, change.kind() + " is out of place");
      if (change.kind() == LeaseChange.Kind.REMOVED) {
        told.remove(change.endpoint());
      } else {
        told.put(change.endpoint(), Attributes.decode(change.properties()).get("number"));
      }
    }
    return read;
  }

  private Map<UUID, Object> expected() {
    Map<UUID, Object> expected = new HashMap<>();
    exported.forEach((id, endpoint) -> expected.put(id, endpoint.getProperties().get("number")));
    return expected;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whatIsToldIsWhatThereIs(long seed) {
    Random random = new Random(seed);
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(new UUID(seed, i));
      if (random.nextBoolean()) {
        put(ids.get(i), -1);
      }
    }
    LeaseReader reader = reader(LeaseWire.REFERENCES_MAX);
    CompletableFuture<ByteBuffer> open = null;
    boolean whole = false;
    for (int step = 0; step < 2_000; step++) {
      UUID id = ids.get(random.nextInt(ids.size()));
      switch (random.nextInt(4)) {
        case 0 -> put(id, step);
        case 1 -> exported.remove(id);
        default -> {
          if (open == null) {
            open = new CompletableFuture<>();
            assertTrue(reader.ask(open, tasks));
          }
        }
      }
      reader.changed(id);
      if (open != null && open.isDone()) {
        LeaseWire.Answer answer = apply(open);
        assertTrue(answer.snapshotWhole() || !whole, "a snapshot that was whole stays whole");
        whole = answer.snapshotWhole();
        open = null;
      }
    }
    for (boolean more = true; more; ) {
      CompletableFuture<ByteBuffer> last = open == null ? new CompletableFuture<>() : open;
      if (open == null) {
        reader.ask(last, tasks);
      }
      open = null;
      more = last.isDone();
      if (more) {
        apply(last);
      }
    }
    assertEquals(expected(), told, "seed " + seed);
    assertTrue(whole);
    assertEquals(1, tasks.scheduled.size(), "only the open question waits for its time");
  }

  @Test
  void aLargeSnapshotComesInPartsAndIsRenewed() {
    for (int i = 0; i < 2_500; i++) {
      put(new UUID(0, i), i);
    }
    LeaseReader reader = reader(LeaseWire.REFERENCES_MAX);
    int answers = 0;
    boolean whole = false;
    while (!whole) {
      CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
      assertTrue(reader.ask(answer, tasks));
      whole = apply(answer).snapshotWhole();
      answers++;
    }
    assertTrue(answers >= 3, answers + " answers");
    assertEquals(expected(), told);
    CompletableFuture<ByteBuffer> next = new CompletableFuture<>();
    assertTrue(reader.ask(next, tasks));
    assertFalse(next.isDone());
    assertFalse(reader.ask(new CompletableFuture<>(), tasks), "one question at a time");
    List.copyOf(tasks.scheduled).forEach(Runnable::run);
    assertEquals(
        new LeaseWire.Answer(true, LEASE_MILLIS, List.of()), LeaseWire.readAnswer(next.join()));
  }

  @Test
  void anEmptyNodeAnswersAtOnce() {
    CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
    assertTrue(reader(LeaseWire.REFERENCES_MAX).ask(answer, tasks));
    assertTrue(apply(answer).snapshotWhole());
  }

  @Test
  void whatIsBeyondTheLimitIsLeftOut() {
    for (int i = 0; i < 5; i++) {
      put(new UUID(0, i), i);
    }
    CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
    reader(3).ask(answer, tasks);
    apply(answer);
    assertEquals(3, told.size());
  }

  @Test
  void aPropertyThatCannotTravelIsLeftOut() {
    UUID id = new UUID(0, 1);
    exported.put(
        id,
        new EndpointDescription(Map.of(
            "objectClass",
            new String[] {"a.B"},
            "endpoint.id",
            "urn:uuid:" + id,
            "service.imported.configs",
            "fluid.channel",
            "number",
            1,
            "odd",
            new BigInteger("7"))));
    CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
    reader(3).ask(answer, tasks);
    apply(answer);
    assertEquals(Map.of(id, 1), told);
  }
}
