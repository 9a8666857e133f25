package org.fluidosgi.framework.internal.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir
  Path work;

  @Test
  void replacesTheWholeFileAndLeavesNothingElse() throws Exception {
    Path file = work.resolve("new/folders/file");
    AtomicFile.write(file, new byte[] {1, 2, 3});
    AtomicFile.write(file, new byte[] {4});
    assertArrayEquals(new byte[] {4}, Files.readAllBytes(file));
    try (Stream<Path> all = Files.list(file.getParent())) {
      assertEquals(1, all.count());
    }
  }

  @Test
  void aPathThatCannotBeIsAnError() throws Exception {
    Path plain = Files.writeString(work.resolve("plain"), "x");
    assertThrows(IOException.class, () -> AtomicFile.write(plain.resolve("file"), new byte[1]));
    assertEquals("x", Files.readString(plain));
  }
}
