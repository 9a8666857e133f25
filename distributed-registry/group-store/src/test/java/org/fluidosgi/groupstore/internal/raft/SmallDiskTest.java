package org.fluidosgi.groupstore.internal.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.fluidosgi.groupstore.NoMajorityException;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.internal.core.FileGroupStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both stores on a file system of 512 kB, which gets full or read-only: where the user may mount one. */
class SmallDiskTest {
  private static final int VALUE_BYTES = 8 * 1024;

  @TempDir
  Path folder;

  private Path disk;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    mounted = "root".equals(System.getProperty("user.name"))
        && run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk.toString()) == 0;
    assumeTrue(mounted, "no small file system can be mounted");
    Files.write(disk.resolve("ballast"), new byte[200 * 1024]);
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertEquals(
          0, run("umount", "-l", disk.toString())); // also when a failed test has files open
    }
  }

  private static int run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1; // no such command here
    }
  }

  private static byte[] value(int number) {
    byte[] value = new byte[VALUE_BYTES];
    value[0] = (byte) number;
    return value;
  }

  @Test
  void fullDiskOfALoneNodesFile() throws Exception {
    FileGroupStore store =
        FileGroupStore.open("n1", disk.resolve("group-store"), Runnable::run, Runnable::run);
    Map<String, byte[]> done = new LinkedHashMap<>();
    CompletionException refused = assertThrows(CompletionException.class, () -> {
      for (int i = 0; ; i++) {
        store.compareAndSet("k" + i, 0, value(i)).toCompletableFuture().join();
        done.put("k" + i, value(i));
      }
    });
    assertTrue(done.size() > 5, "written: " + done.size());
    assertHelps(refused.getCause(), "group.log");
    Files.delete(disk.resolve("ballast"));
    store.compareAndSet("later", 0, value(7)).toCompletableFuture().join();
    done.put("later", value(7));
    store.close();
    FileGroupStore next =
        FileGroupStore.open("n1", disk.resolve("group-store"), Runnable::run, Runnable::run);
    done.forEach((key, value) ->
        assertArrayEquals(value, next.read(key).toCompletableFuture().join().value(), key));
    next.close();
  }

  @Test
  void fullDiskOfAVoter() throws Exception {
    SimulatedStores stores = new SimulatedStores(1, disk);
    stores.start(1);
    stores.simulation.advance(Duration.ofSeconds(1));
    Map<String, byte[]> done = new LinkedHashMap<>();
    CompletionException refused = assertThrows(CompletionException.class, () -> {
      for (int i = 0; ; i++) {
        stores.get(stores.node(1).store.compareAndSet("k" + i, 0, value(i)));
        done.put("k" + i, value(i));
      }
    });
    assertTrue(done.size() > 5, "written: " + done.size());
    assertHelps(refused.getCause(), "raft.log");
    assertTrue(refused.getCause() instanceof NoMajorityException, refused.toString());
    Versioned known = stores.read(1, "k0");
    assertTrue(known.stale());
    assertArrayEquals(value(0), known.value());
    Files.delete(disk.resolve("ballast"));
    stores.simulation.advance(Duration.ofSeconds(10));
    stores.get(stores.node(1).store.compareAndSet("later", 0, value(7)));
    done.put("later", value(7));
    stores.kill(1);
    stores.start(1);
    done.forEach((key, value) -> {
      Versioned found = stores.read(1, key);
      assertArrayEquals(value, found.value(), key);
      assertTrue(!found.stale(), key);
    });
    stores.stop(1);
  }

  @Test
  void readOnlyDisk() throws Exception {
    Path own = disk.resolve("group-store");
    FileGroupStore.open("n1", own, Runnable::run, Runnable::run).close();
    SimulatedStores stores = new SimulatedStores(1, disk);
    stores.start(1);
    stores.simulation.advance(Duration.ofSeconds(1));
    stores.kill(1);
    assertEquals(0, run("mount", "-o", "remount,ro", disk.toString()));
    assertHelps(
        assertThrows(
            IOException.class, () -> FileGroupStore.open("n1", own, Runnable::run, Runnable::run)),
        "group.log");
    assertHelps(assertThrows(Exception.class, () -> stores.start(1)), "raft.log");
    assertEquals(0, run("mount", "-o", "remount,rw", disk.toString()));
    stores.start(1);
    stores.write(1, "k", 0, "v");
    stores.stop(1);
  }

  /** The message names the file and says what to do. */
  private static void assertHelps(Throwable failure, String file) {
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains(file), message);
    assertTrue(message.contains("writable") && message.contains("free space"), message);
  }
}
