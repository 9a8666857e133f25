package org.fluidosgi.groupstore.internal.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.groupstore.Versioned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything runs on the test's own thread: the executors call directly. */
class FileGroupStoreTest {
  @TempDir
  Path folder;

  private FileGroupStore open() throws IOException {
    return new FileGroupStore(
        "n1",
        folder,
        Runnable::run,
        Runnable::run,
        new FailingDisk(),
        FileGroupStore.COMPACT_BYTES_MIN);
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static <T extends Throwable> T failure(Class<T> type, CompletionStage<?> stage) {
    CompletionException e = assertThrows(
        CompletionException.class, () -> stage.toCompletableFuture().join());
    return assertInstanceOf(type, e.getCause());
  }

  @Test
  void survivesReopening() throws IOException {
    FileGroupStore store = FileGroupStore.open("n1", folder, Runnable::run, Runnable::run);
    get(store.compareAndSet("a", 0, bytes("1")));
    Versioned b = get(store.compareAndSet("b", 0, new byte[FileGroupStore.VALUE_BYTES_MAX]));
    get(store.compareAndSet("b", b.version(), null));
    Versioned empty = get(store.compareAndSet("empty", 0, new byte[0]));
    store.close();
    FileGroupStore next = open();
    assertArrayEquals(bytes("1"), get(next.read("a")).value());
    assertNull(get(next.read("b")).value());
    assertArrayEquals(new byte[0], get(next.read("empty")).value());
    assertEquals(empty.version(), get(next.read("empty")).version());
    next.close();
  }

  @Test
  void cutAtEveryByteLosesAtMostTheWriteThatWasNotDone() throws IOException {
    List<Long> ends = new ArrayList<>();
    FileGroupStore store = open();
    Path log = folder.resolve(GroupLog.ENTRIES.file());
    ends.add(Files.size(log));
    for (int i = 0; i < 6; i++) {
      get(store.compareAndSet(
          "key" + i % 4,
          get(store.read("key" + i % 4)).version(),
          i == 5 ? null : bytes("value" + i)));
      ends.add(Files.size(log));
    }
    store.close();
    byte[] whole = Files.readAllBytes(log);
    for (int length = 0; length <= whole.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);
      long kept = length;
      long done = ends.stream().filter(end -> end <= kept).count() - 1;
      Files.write(log, cut);
      checkWrites("cut at " + length, Math.max(0, done));
      // The file grew but the last bytes did not arrive.
      Files.write(log, java.util.Arrays.copyOf(cut, length + 40));
      if (ends.contains((long) length)) {
        checkWrites("zeros after " + length, Math.max(0, done));
      }
    }
  }

  /** After that many of the six writes of the test above. */
  private void checkWrites(String when, long writes) throws IOException {
    Map<String, String> expected = new TreeMap<>();
    for (int i = 0; i < writes; i++) {
      if (i == 5) {
        expected.remove("key" + i % 4);
      } else {
        expected.put("key" + i % 4, "value" + i);
      }
    }
    FileGroupStore store = open();
    assertEquals(expected, contents(store), when);
    // It goes on, and what is written now survives too.
    get(store.compareAndSet("more", 0, bytes("m")));
    store.close();
    expected.put("more", "m");
    FileGroupStore next = open();
    assertEquals(expected, contents(next), when);
    next.close();
  }

  private static Map<String, String> contents(FileGroupStore store) {
    Map<String, String> all = new TreeMap<>();
    store
        .watch("", (key, now) -> all.put(key, new String(now.value(), StandardCharsets.UTF_8)))
        .close();
    return all;
  }

  @Test
  void damageInTheMiddleIsRefusedByName() throws IOException {
    FileGroupStore store = open();
    get(store.compareAndSet("a", 0, bytes("1")));
    get(store.compareAndSet("b", 0, bytes("2")));
    store.close();
    Path log = folder.resolve(GroupLog.ENTRIES.file());
    byte[] whole = Files.readAllBytes(log);
    for (int at : new int[] {0, 8, 13, 20}) {
      byte[] bad = whole.clone();
      bad[at] ^= 0x55;
      Files.write(log, bad);
      IOException e = assertThrows(IOException.class, this::open, "byte " + at);
      assertTrue(e.getMessage().contains(log.toString()), e.getMessage());
      assertTrue(e.getMessage().contains("restore it"), e.getMessage());
      assertArrayEquals(bad, Files.readAllBytes(log), "the damaged file is left as it is");
    }
  }

  @Test
  void foreignFileIsRefused() throws IOException {
    Files.writeString(folder.resolve(GroupLog.ENTRIES.file()), "hello");
    assertThrows(IOException.class, this::open);
  }

  @Test
  void randomWritesAgainstAMapThroughReopensAndCompactions() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Path own = folder.resolve("seed" + seed);
      Map<String, String> model = new HashMap<>();
      long highest = 0;
      FileGroupStore store = small(own);
      for (int i = 0; i < 300; i++) {
        if (random.nextInt(40) == 0) {
          store.close();
          store = small(own);
        }
        String key = "k" + random.nextInt(8);
        String value = random.nextInt(4) == 0 ? null : "v" + random.nextInt(1_000);
        long version = get(store.read(key)).version();
        Versioned now = get(store.compareAndSet(key, version, value == null ? null : bytes(value)));
        if (value == null) {
          model.remove(key);
        } else {
          model.put(key, value);
          assertTrue(now.version() > highest, "seed " + seed);
          highest = now.version();
        }
        assertEquals(new TreeMap<>(model), contents(store), "seed " + seed);
      }
      assertTrue(Files.size(own.resolve(GroupLog.ENTRIES.file())) < 4_000, "seed " + seed);
      store.close();
    }
  }

  private FileGroupStore small(Path own) throws IOException {
    return new FileGroupStore("n1", own, Runnable::run, Runnable::run, new FailingDisk(), 1_000);
  }

  @Test
  void crashAtAnyStepOfACompactionKeepsAllEntries() throws IOException {
    for (int crashAt = 1; crashAt < 40; crashAt++) {
      Path own = folder.resolve("crash" + crashAt);
      FailingDisk disk = new FailingDisk();
      FileGroupStore store =
          new FileGroupStore("n1", own, Runnable::run, Runnable::run, disk, 1_000);
      Map<String, String> done = new TreeMap<>();
      disk.failFrom(crashAt + 30);
      for (int i = 0; i < 60; i++) {
        String key = "k" + i % 3;
        CompletionStage<Versioned> write =
            store.compareAndSet(key, get(store.read(key)).version(), bytes("value" + i));
        if (write.toCompletableFuture().isCompletedExceptionally()) {
          break;
        }
        done.put(key, "value" + i);
      }
      assertTrue(disk.failed(), "step " + crashAt + " was not reached");
      disk.dropAll(); // the process died: nothing is closed in order
      FileGroupStore next = small(own);
      Map<String, String> found = contents(next);
      // The write that failed may be on disk or not; those that were done must be.
      for (Map.Entry<String, String> each : done.entrySet()) {
        int wrote = Integer.parseInt(each.getValue().substring(5));
        int got = Integer.parseInt(found.get(each.getKey()).substring(5));
        assertTrue(got == wrote || got == wrote + 3, crashAt + ": " + done + " " + found);
      }
      next.close();
    }
  }

  @Test
  void fullDiskFailsTheWriteAndTheStoreGoesOn() throws IOException {
    FailingDisk disk = new FailingDisk();
    FileGroupStore store = new FileGroupStore(
        "n1", folder, Runnable::run, Runnable::run, disk, FileGroupStore.COMPACT_BYTES_MIN);
    Versioned one = get(store.compareAndSet("a", 0, bytes("1")));
    disk.failWrites(true);
    UncheckedIOException e =
        failure(UncheckedIOException.class, store.compareAndSet("a", one.version(), bytes("2")));
    assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
    assertArrayEquals(bytes("1"), get(store.read("a")).value());
    disk.failWrites(false);
    get(store.compareAndSet("a", one.version(), bytes("3")));
    store.close();
    FileGroupStore next = open();
    assertArrayEquals(bytes("3"), get(next.read("a")).value());
    next.close();
  }

  @Test
  void failedForceStopsAllWriting() throws IOException {
    FailingDisk disk = new FailingDisk();
    FileGroupStore store = new FileGroupStore(
        "n1", folder, Runnable::run, Runnable::run, disk, FileGroupStore.COMPACT_BYTES_MIN);
    Versioned one = get(store.compareAndSet("a", 0, bytes("1")));
    disk.failForces(true);
    failure(UncheckedIOException.class, store.compareAndSet("a", one.version(), bytes("2")));
    disk.failForces(false);
    UncheckedIOException e =
        failure(UncheckedIOException.class, store.compareAndSet("a", one.version(), bytes("3")));
    assertTrue(e.getMessage().contains("restart the node"), e.getMessage());
    assertArrayEquals(bytes("1"), get(store.read("a")).value());
    store.close();
  }

  @Test
  void folderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("taken"), "x");
    IOException e = assertThrows(
        IOException.class,
        () -> FileGroupStore.open("n1", file.resolve("sub"), Runnable::run, Runnable::run));
    assertTrue(e.getMessage().contains("taken"), e.getMessage());
  }

  @Test
  void closedStoreRefusesWrites() throws IOException {
    FileGroupStore store = open();
    store.close();
    failure(IllegalStateException.class, store.compareAndSet("k", 0, bytes("late")));
  }

  @Test
  void goldenLog() throws IOException {
    FileGroupStore store = open();
    Versioned one = get(store.compareAndSet("ordinals/n1", 0, bytes("1")));
    get(store.compareAndSet("ordinals/n1", one.version(), null));
    store.close();
    String hex = java.util.HexFormat.of()
        .formatHex(Files.readAllBytes(folder.resolve(GroupLog.ENTRIES.file())));
    try (var in = FileGroupStoreTest.class.getResourceAsStream("/golden/v1/group-log.hex")) {
      String golden = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(golden.replaceAll("\\s", ""), hex);
    }
  }

  /** Opens files whose operations fail on demand. */
  static final class FailingDisk implements GroupLog.Disk {
    private final List<FileChannel> opened = new ArrayList<>();
    private int operations;
    private int failFrom = Integer.MAX_VALUE;
    private boolean failed;
    private boolean failWrites;
    private boolean failForces;

    void failFrom(int operation) {
      failFrom = operation;
    }

    void failWrites(boolean fail) {
      failWrites = fail;
    }

    void failForces(boolean fail) {
      failForces = fail;
    }

    boolean failed() {
      return failed;
    }

    void dropAll() throws IOException {
      for (FileChannel each : opened) {
        each.close();
      }
    }

    void step(boolean fail, String what) throws IOException {
      if (fail || ++operations >= failFrom) {
        failed = true;
        throw new IOException(what + " failed: no space left on device");
      }
    }

    @Override
    public FileChannel open(Path file, OpenOption... options) throws IOException {
      step(false, "open");
      FileChannel channel = FileChannel.open(file, options);
      opened.add(channel);
      return new FailingChannel(channel, this);
    }

    boolean failsWrites() {
      return failWrites;
    }

    boolean failsForces() {
      return failForces;
    }
  }
}
