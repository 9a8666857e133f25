package org.fluidosgi.groupstore.testkit;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.Versioned;
import org.junit.jupiter.api.Test;

/** What every group store must do, seen through one that runs. */
public abstract class GroupStoreContract {
  /** An empty store that decides. */
  protected abstract GroupStore store();

  /** Another way to the same entries: the same store, or that of another node of the group. */
  protected GroupStore other() {
    return store();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static <T extends Throwable> T failure(Class<T> type, CompletionStage<?> stage) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> get(stage));
    return assertInstanceOf(type, e.getCause());
  }

  /** An answer of the majority: on a machine that is busy for seconds a read may come without one, and says so. */
  private static Versioned read(GroupStore store, String key) throws Exception {
    for (int tries = 0; tries < 20; tries++) {
      Versioned found = get(store.read(key));
      if (!found.stale()) {
        return found;
      }
    }
    throw new AssertionError(key + ": only stale answers");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void writesReadsAndRemoves() throws Exception {
    assertEquals(0, read(store(), "a/b").version());
    assertNull(read(store(), "a/b").value());
    Versioned first = get(store().compareAndSet("a/b", 0, bytes("one")));
    assertArrayEquals(bytes("one"), first.value());
    Versioned second = get(other().compareAndSet("a/b", first.version(), bytes("two")));
    assertTrue(second.version() > first.version());
    Versioned read = read(store(), "a/b");
    assertArrayEquals(bytes("two"), read.value());
    Versioned gone = get(store().compareAndSet("a/b", second.version(), null));
    assertEquals(0, gone.version());
    assertNull(read(other(), "a/b").value());
    Versioned again = get(store().compareAndSet("a/b", 0, bytes("three")));
    assertTrue(again.version() > second.version(), "no version is given twice");
    assertEquals(0, get(store().compareAndSet("absent", 0, null)).version());
  }

  @Test
  void conflictCarriesWhatWasFoundAndWritesNothing() throws Exception {
    Versioned first = get(store().compareAndSet("k", 0, bytes("one")));
    ConflictException e =
        failure(ConflictException.class, other().compareAndSet("k", 0, bytes("two")));
    assertEquals(first.version(), e.found().version());
    assertArrayEquals(bytes("one"), e.found().value());
    failure(ConflictException.class, store().compareAndSet("k", first.version() + 7, null));
    failure(ConflictException.class, store().compareAndSet("other", 1, bytes("x")));
    assertArrayEquals(bytes("one"), read(other(), "k").value());
  }

  @Test
  void watcherIsToldWhatIsThereThenWhatChanges() throws Exception {
    get(store().compareAndSet("a/1", 0, bytes("1")));
    get(store().compareAndSet("b/1", 0, bytes("x")));
    List<String> told = new CopyOnWriteArrayList<>();
    Registration watch = store()
        .watch(
            "a/",
            (key, now) -> told.add(key + "="
                + (now.value() == null ? "-" : new String(now.value(), StandardCharsets.UTF_8))));
    Registration failing = store().watch("a/", (key, now) -> {
      throw new IllegalStateException("a watcher that fails");
    });
    await().until(() -> told.contains("a/1=1"));
    get(other().compareAndSet("a/2", 0, bytes("2")));
    get(other().compareAndSet("b/2", 0, bytes("x")));
    get(other().compareAndSet("a/1", read(other(), "a/1").version(), null));
    await().until(() -> told.size() >= 3);
    assertEquals(List.of("a/1=1", "a/2=2", "a/1=-"), told);
    watch.close();
    failing.close();
    get(store().compareAndSet("a/3", 0, bytes("3")));
    assertEquals(3, told.size());
  }

  @Test
  void longestValueAndEmptyValueAreKept() throws Exception {
    byte[] longest = new byte[1024 * 1024];
    longest[longest.length - 1] = 1;
    get(store().compareAndSet("long", 0, longest));
    get(store().compareAndSet("empty", 0, new byte[0]));
    assertArrayEquals(longest, read(other(), "long").value());
    assertArrayEquals(new byte[0], read(other(), "empty").value());
  }

  @Test
  void badArgumentsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> store().read(""));
    assertThrows(IllegalArgumentException.class, () -> store().read("k".repeat(513)));
    assertThrows(IllegalArgumentException.class, () -> store().read("a\nb"));
    assertThrows(IllegalArgumentException.class, () -> store().read("\0joined-into"));
    IllegalArgumentException e = assertThrows(
        IllegalArgumentException.class,
        () -> store().compareAndSet("k", 0, new byte[1024 * 1024 + 1]));
    assertTrue(e.getMessage().contains("1048577"), e.getMessage());
  }
}
