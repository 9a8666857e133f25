package org.fluidosgi.itests.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
  private static final String CALLS =
      "## Remote calls\n\nWritten by `./fluid bench --write docs/benchmarks.md`; do not edit.\n\n";
  private static final String REGISTRY =
      "## Registry\n\nWritten by `./fluid bench registry --write docs/benchmarks.md`; do not edit.\n\n";

  private static final String FRAMEWORK =
      "## Virtual framework\n\nWritten by `./fluid bench framework --write docs/benchmarks.md`; do not edit.\n\n";

  @TempDir
  Path directory;

  @Test
  void eachCommandReplacesItsOwnSectionAndLeavesTheOther() throws Exception {
    Path file = directory.resolve("benchmarks.md");
    Page.REGISTRY.write(file, "old\n");
    assertEquals("# Benchmarks\n\n" + REGISTRY + "old\n", Files.readString(file));
    Page.CALLS.write(file, "Machine\n\n| a |\n");
    Page.REGISTRY.write(file, "new\n\n| b |\n");
    Page.FRAMEWORK.write(file, "third\n");
    Page.CALLS.write(file, "Machine\n\n| a |\n");
    assertEquals(
        "# Benchmarks\n\n" + CALLS + "Machine\n\n| a |\n\n" + REGISTRY + "new\n\n| b |\n\n"
            + FRAMEWORK + "third\n",
        Files.readString(file));
  }
}
