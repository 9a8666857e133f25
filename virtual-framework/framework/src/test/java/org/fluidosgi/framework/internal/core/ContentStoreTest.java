package org.fluidosgi.framework.internal.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentStoreTest {
  @TempDir
  Path folder;

  private ContentStore open(Set<String> used) throws IOException {
    return new ContentStore(folder, 100, 250, () -> used);
  }

  private static Content add(ContentStore store, int size, int seed) throws IOException {
    byte[] bytes = new byte[size];
    bytes[0] = (byte) seed;
    return store.add(new ByteArrayInputStream(bytes));
  }

  private List<Path> parts() throws IOException {
    try (Stream<Path> left = Files.list(folder.resolve("incoming"))) {
      return left.toList();
    }
  }

  @Test
  void keepsContentUnderItsHash() throws Exception {
    ContentStore store = open(Set.of());
    Content content = store.add(new ByteArrayInputStream("abc".getBytes("UTF-8")));
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", content.sha256());
    assertEquals(content, open(Set.of()).find(content.sha256()).orElseThrow());
    assertArrayEquals("abc".getBytes("UTF-8"), Files.readAllBytes(content.file()));
    assertTrue(store.find("../ids").isEmpty());
  }

  @Test
  void refusesWhatIsTooLongAndKeepsNothingOfIt() throws Exception {
    ContentStore store = open(Set.of());
    IOException refused = assertThrows(IOException.class, () -> add(store, 101, 1));
    assertTrue(refused.getMessage().contains("100 bytes"), refused.getMessage());
    IOException begun = assertThrows(IOException.class, () -> store.begin("0".repeat(64), 101));
    assertTrue(begun.getMessage().contains("it has 101 bytes, more than 100"), begun.getMessage());
    assertEquals(List.of(), parts());
  }

  @Test
  void removesTheLeastRecentlyUsedThatNobodyNeeds() throws Exception {
    Content needed = add(open(Set.of()), 100, 1);
    ContentStore store = open(Set.of(needed.sha256()));
    Content old = add(store, 100, 2);
    Files.setLastModifiedTime(needed.file(), FileTime.fromMillis(1));
    Files.setLastModifiedTime(old.file(), FileTime.fromMillis(2));
    Content fresh = add(store, 100, 3);
    assertTrue(store.find(old.sha256()).isEmpty());
    assertTrue(store.find(needed.sha256()).isPresent());
    assertTrue(store.find(fresh.sha256()).isPresent());

    ContentStore full = open(Set.of(needed.sha256(), fresh.sha256()));
    IOException refused = assertThrows(IOException.class, () -> add(full, 100, 4));
    assertTrue(refused.getMessage().contains("fluid.framework.content.mib.max"));
  }

  @Test
  void piecesMakeUpTheAnnouncedContentOrNothing() throws Exception {
    ContentStore store = open(Set.of());
    byte[] bytes = {1, 2, 3, 4};
    String hash = HexFormat.of().formatHex(ContentStore.sha256().digest(bytes));
    ContentStore.Incoming good = store.begin(hash, 4);
    assertEquals(3, good.append(0, ByteBuffer.wrap(bytes, 0, 3)));
    assertThrows(IOException.class, () -> good.append(0, ByteBuffer.wrap(bytes, 0, 1)));
    assertThrows(IOException.class, () -> good.append(3, ByteBuffer.wrap(bytes)));
    assertEquals(4, good.append(3, ByteBuffer.wrap(bytes, 3, 1)));
    assertArrayEquals(bytes, Files.readAllBytes(good.finish().file()));
    assertThrows(IOException.class, good::finish);

    ContentStore.Incoming other = store.begin("0".repeat(64), 4);
    other.append(0, ByteBuffer.wrap(bytes));
    assertThrows(IOException.class, other::finish);
    ContentStore.Incoming left = store.begin("0".repeat(64), 4);
    left.append(0, ByteBuffer.wrap(bytes, 0, 2));
    assertEquals(1, parts().size());
    open(Set.of());
    assertEquals(List.of(), parts(), "what an earlier run left goes at the start");
  }
}
