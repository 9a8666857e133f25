package org.fluidosgi.channel.internal.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupTokenTest {
  private static final System.Logger LOG = System.getLogger("test");

  @TempDir
  Path parent;

  @Test
  void createdOnceForItsOwnerOnly() throws Exception {
    Path file = parent.resolve("deep/group.token");
    byte[] token = GroupToken.read(file, "n", LOG);
    assertTrue(new String(token, StandardCharsets.US_ASCII).matches("[0-9a-f]{64}"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertArrayEquals(token, GroupToken.read(file, "n", LOG));
  }

  @Test
  void manyAtOnceAgree() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 20; round++) {
        Path file = parent.resolve("group.token." + round);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<byte[]>> tokens = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          tokens.add(threads.submit(() -> {
            start.await();
            return GroupToken.read(file, "n", LOG);
          }));
        }
        start.countDown();
        byte[] first = tokens.get(0).get(10, TimeUnit.SECONDS);
        for (Future<byte[]> token : tokens) {
          assertArrayEquals(first, token.get(10, TimeUnit.SECONDS));
        }
      }
    } finally {
      threads.shutdownNow();
    }
    try (Stream<Path> left = Files.list(parent)) {
      assertEquals(20, left.count(), "temporary files are left behind");
    }
  }

  @Test
  void emptyAndHugeFilesAreRefused() throws Exception {
    Path file = Files.writeString(parent.resolve("t"), " \n");
    IOException empty = assertThrows(IOException.class, () -> GroupToken.read(file, "n", LOG));
    assertTrue(empty.getMessage().contains(file + " is empty"), empty.getMessage());
    Files.writeString(file, "x".repeat(GroupToken.BYTES_MAX + 1));
    IOException huge = assertThrows(IOException.class, () -> GroupToken.read(file, "n", LOG));
    assertTrue(huge.getMessage().contains("4096"), huge.getMessage());
    Files.writeString(file, "  secret \r\n");
    assertEquals("secret", new String(GroupToken.read(file, "n", LOG), StandardCharsets.UTF_8));
  }

  @Test
  void aKeyIsAlikeForOneTokenAndPurposeAndForNoOther() {
    byte[] key = GroupToken.key(new byte[] {1, 2}, "a");
    assertEquals(32, key.length);
    assertArrayEquals(key, GroupToken.key(new byte[] {1, 2}, "a"));
    assertFalse(java.util.Arrays.equals(key, GroupToken.key(new byte[] {1, 3}, "a")));
    assertFalse(java.util.Arrays.equals(key, GroupToken.key(new byte[] {1, 2}, "b")));
  }
}
