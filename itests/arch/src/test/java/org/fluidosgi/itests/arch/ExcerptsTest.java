package org.fluidosgi.itests.arch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Java in a page of docs is an excerpt: the same lines as in the file that the paragraph above it links. */
class ExcerptsTest {
  private static final Path DOCS = Path.of(System.getProperty("fluid.docs"));
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+\\.java)\\)");

  /** Lines of a page and the file that they are said to be of; null if the page names none. */
  private record Excerpt(Path page, int line, @Nullable Path source, List<String> lines) {
    @Override
    public String toString() {
      return page.getFileName() + " line " + line;
    }
  }

  @ParameterizedTest
  @MethodSource("excerpts")
  void isInItsSource(Excerpt excerpt) throws IOException {
    Path file = excerpt.source;
    assertNotNull(file, excerpt + ": the paragraph above links no .java file");
    assertTrue(
        Collections.indexOfSubList(Files.readAllLines(file), excerpt.lines) >= 0,
        excerpt + ": not in " + file.normalize() + ": " + String.join("\n", excerpt.lines));
  }

  @Test
  void thePageForApplicationsHasExcerpts() throws IOException {
    assertFalse(excerpts(DOCS.resolve("applications.md")).isEmpty());
  }

  static List<Excerpt> excerpts() throws IOException {
    List<Excerpt> all = new ArrayList<>();
    try (Stream<Path> pages = Files.walk(DOCS)) {
      for (Path page : pages.filter(file -> file.toString().endsWith(".md")).toList()) {
        all.addAll(excerpts(page));
      }
    }
    return all;
  }

  private static List<Excerpt> excerpts(Path page) throws IOException {
    List<Excerpt> all = new ArrayList<>();
    List<String> lines = Files.readAllLines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).equals("```java")) {
        int end = i + lines.subList(i, lines.size()).indexOf("```");
        all.add(
            new Excerpt(page, i + 1, source(page, lines.subList(0, i)), lines.subList(i + 1, end)));
      }
    }
    return all;
  }

  /** The last link of the paragraph that ends there. */
  private static @Nullable Path source(Path page, List<String> before) {
    int end = before.size();
    while (end > 0 && before.get(end - 1).isEmpty()) {
      end--;
    }
    int begin = end;
    while (begin > 0 && !before.get(begin - 1).isEmpty()) {
      begin--;
    }
    return LINK.matcher(String.join("\n", before.subList(begin, end)))
        .results()
        .map((MatchResult link) -> page.resolveSibling(link.group(1)))
        .reduce((first, second) -> second)
        .orElse(null);
  }
}
