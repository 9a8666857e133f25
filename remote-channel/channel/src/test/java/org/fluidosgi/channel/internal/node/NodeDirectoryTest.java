package org.fluidosgi.channel.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fluidosgi.channel.NodeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeDirectoryTest {
  @TempDir
  Path parent;

  private static void assertRefused(Path directory, String... parts) {
    IOException failure = assertThrows(IOException.class, () -> NodeDirectory.open(directory));
    for (String part : parts) {
      assertTrue(
          failure.getMessage().contains(part),
          () -> "'" + part + "' is missing in: " + failure.getMessage());
    }
    assertFalse(failure.getMessage().contains("\n"));
  }

  @Test
  void idStaysAndCounterRises() throws Exception {
    NodeId id;
    try (NodeDirectory first = NodeDirectory.open(parent.resolve("n/1"))) {
      id = first.id();
      assertEquals(1, first.counter());
    }
    for (int life = 2; life < 5; life++) {
      try (NodeDirectory again = NodeDirectory.open(parent.resolve("n/1"))) {
        assertEquals(id, again.id());
        assertEquals(life, again.counter());
      }
    }
    try (NodeDirectory other = NodeDirectory.open(parent.resolve("n/2"))) {
      assertNotEquals(id, other.id());
    }
  }

  @Test
  void twiceAtATimeIsRefusedAndChangesNothing() throws Exception {
    Path directory = parent.resolve("n");
    try (NodeDirectory first = NodeDirectory.open(directory)) {
      assertEquals(1, first.counter());
      assertRefused(directory, directory.toString(), "in use", "fluid.data.dir");
      // The refused attempt must not have freed the lock.
      assertRefused(directory, "in use");
    }
    try (NodeDirectory second = NodeDirectory.open(directory)) {
      assertEquals(2, second.counter());
    }
  }

  @Test
  void copyIsRefusedWithAdvice() throws Exception {
    Path original = parent.resolve("original");
    NodeDirectory.open(original).close();
    Path copy = Files.createDirectory(parent.resolve("copy"));
    for (String file : new String[] {"identity", "incarnation", "lock"}) {
      Files.copy(original.resolve(file), copy.resolve(file));
    }
    assertRefused(
        copy, copy.toString(), original.toString(), "delete the files identity and incarnation");
    Files.delete(copy.resolve("identity"));
    Files.delete(copy.resolve("incarnation"));
    try (NodeDirectory fresh = NodeDirectory.open(copy);
        NodeDirectory old = NodeDirectory.open(original)) {
      assertNotEquals(old.id(), fresh.id());
    }
  }

  @Test
  void directoryPutInPlaceOfTheOriginalIsRefusedUntilToldSo() throws Exception {
    Path original = parent.resolve("original");
    NodeId id;
    try (NodeDirectory first = NodeDirectory.open(original)) {
      id = first.id();
    }
    Path backup = Files.move(original, parent.resolve("backup"));
    Files.createDirectory(original);
    for (String file : new String[] {"identity", "incarnation"}) {
      Files.copy(backup.resolve(file), original.resolve(file));
    }
    IOException failure = assertThrows(IOException.class, () -> NodeDirectory.open(original));
    assertTrue(failure.getMessage().contains("set inode="), failure.getMessage());
    // The advice works: edit the line that the message names.
    String found = failure.getMessage().replaceAll(".*set inode=(\\w+) .*", "$1");
    Path identity = original.resolve("identity");
    Files.writeString(
        identity, Files.readString(identity).replaceAll("inode=\\w+", "inode=" + found));
    try (NodeDirectory moved = NodeDirectory.open(original)) {
      assertEquals(id, moved.id());
      assertEquals(2, moved.counter());
    }
  }

  @Test
  void damagedFilesAreNamed() throws Exception {
    Path directory = parent.resolve("n");
    NodeDirectory.open(directory).close();
    Path incarnation = directory.resolve("incarnation");
    for (String bad : new String[] {"", "x", "-1", "9223372036854775807", "1".repeat(100)}) {
      Files.writeString(incarnation, bad);
      assertRefused(directory, incarnation.toString(), "damaged", "new identity");
    }
    Files.writeString(incarnation, "5\n");
    Path identity = directory.resolve("identity");
    String good = Files.readString(identity);
    Files.writeString(identity, good.replaceAll("id=\\S+", "id=x"));
    assertRefused(directory, identity.toString(), "id=x", "damaged");
    Files.writeString(identity, good);
    try (NodeDirectory again = NodeDirectory.open(directory)) {
      assertEquals(6, again.counter());
    }
  }
}
