package org.fluidosgi.framework.internal.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.Framework;

/** What a jar's entries are is what a host framework says of a bundle of the same content. */
class JarEntriesTest {
  private static final List<String> PATHS = List.of(
      "",
      "/",
      "a",
      "a/",
      "/a",
      "/a/b.txt",
      "a/b.txt",
      "a/c d.txt",
      "listed/",
      "deep",
      "deep/er/and",
      "deep/er/and/deeper.txt",
      "META-INF",
      "META-INF/MANIFEST.MF",
      "nothing",
      "a/nothing");

  @TempDir
  Path folder;

  private Framework host;
  private Bundle bundle;
  private JarEntries entries;

  @BeforeEach
  void install() throws Exception {
    Path jar = folder.resolve("bundle.jar");
    try (JarOutputStream to = new JarOutputStream(Files.newOutputStream(jar))) {
      put(to, "META-INF/MANIFEST.MF", """
          Manifest-Version: 1.0
          Bundle-ManifestVersion: 2
          Bundle-SymbolicName: entries
          """);
      for (String name : List.of(
          "a/b.txt",
          "a/c d.txt",
          "a/ä.txt",
          "a/b/deep.txt",
          "deep/er/and/deeper.txt",
          "top.txt",
          "top(1).txt")) {
        put(to, name, "content of " + name);
      }
      to.putNextEntry(new ZipEntry("listed/"));
    }
    host = new FrameworkFactory()
        .newFramework(Map.of(
            "org.osgi.framework.storage",
            folder.resolve("felix").toString(),
            "felix.log.level",
            "0"));
    host.start();
    bundle = host.getBundleContext().installBundle(jar.toUri().toString());
    entries = JarEntries.read(jar);
  }

  private static void put(JarOutputStream to, String name, String content) throws IOException {
    to.putNextEntry(new ZipEntry(name));
    to.write(content.getBytes(StandardCharsets.UTF_8));
  }

  @AfterEach
  void stop() throws Exception {
    host.stop();
    host.waitForStop(10_000);
  }

  @Test
  void entriesAreThoseOfTheHost() throws Exception {
    for (String path : PATHS) {
      URL theirs = bundle.getEntry(path);
      URL ours = entries.entry(path);
      assertEquals(theirs == null, ours == null, path);
      if (ours != null && ours.getPath().endsWith(".txt")) {
        assertEquals(read(theirs), read(ours), path);
      }
    }
    assertNotNull(entries.entry("a/ä.txt"));
    assertEquals("content of a/ä.txt", read(entries.entry("a/ä.txt")));
  }

  @Test
  void pathsOfAFolderAreThoseOfTheHost() {
    for (String path : PATHS) {
      Enumeration<String> theirs = bundle.getEntryPaths(path);
      assertEquals(
          theirs == null ? Set.of() : new TreeSet<>(Collections.list(theirs)),
          new TreeSet<>(entries.paths(path)),
          path);
    }
  }

  @Test
  void findingIsThatOfTheHost() {
    int found = 0;
    for (String path : PATHS) {
      for (String pattern : new String[] {
        null, "*", "*.txt", "b*", "*e*e*.txt", "b.txt", "top(1).txt", "*(*", "er", "none", ""
      }) {
        for (boolean recurse : new boolean[] {false, true}) {
          Enumeration<URL> theirs = bundle.findEntries(path, pattern, recurse);
          Set<String> expected = names(theirs == null ? List.of() : Collections.list(theirs));
          assertEquals(
              expected,
              names(entries.find(path, pattern, recurse)),
              path + " " + pattern + " " + recurse);
          found += expected.size();
        }
      }
    }
    assertTrue(found > 100, "only " + found + " found");
  }

  private static Set<String> names(Collection<URL> urls) {
    return urls.stream()
        .map(url -> url.getPath().substring(url.getPath().indexOf('!') + 1))
        .map(path -> URLDecoder.decode(path, StandardCharsets.UTF_8))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String read(URL url) throws IOException {
    try (InputStream from = url.openStream()) {
      return new String(from.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void namesWithCharactersThatUrlsUseThemselvesAreFound() throws Exception {
    Path jar = folder.resolve("odd name#1.jar");
    try (JarOutputStream to = new JarOutputStream(Files.newOutputStream(jar))) {
      put(to, "a/#x%20?.txt", "odd");
    }
    assertEquals("odd", read(JarEntries.read(jar).entry("a/#x%20?.txt")));
  }

  @Test
  void contentThatWentIsAnErrorAndNotOldContent() throws Exception {
    URL url = entries.entry("a/b.txt");
    assertEquals("content of a/b.txt", read(url));
    Files.delete(folder.resolve("bundle.jar"));
    assertThrows(IOException.class, () -> read(url));
    assertNull(entries.entry("nothing"));
    Files.writeString(folder.resolve("text"), "no jar");
    assertThrows(IOException.class, () -> JarEntries.read(folder.resolve("text")));
  }
}
