package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fluidosgi.launcher.process.ProcessException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The conformance suite, run by a host framework's own context, by a virtual one with its counterpart on the same node, and with the
 * counterpart on a node of the other framework. The page of results is part of the documentation: it is compared, and written
 * with {@code -Dfluid.conformance.write=true}. */
class ConformanceIT {
  /** What a virtual context with a counterpart elsewhere does not keep, and why. Exactly these: one that is kept must not be here. */
  private static final Map<String, String> DIFFERS_REMOTELY = new TreeMap<>(Map.of(
      "Services of prototype scope: objects of one's own",
      "the network carries calls to one object, made for the exporter: as chapter 100 has it"));

  private static final Path JARS = Path.of(System.getProperty("fluid.itests.conformance"));
  private static final Path PAGE = Path.of(System.getProperty("fluid.docs"), "conformance.md");

  @TempDir
  Path directory;

  private final Map<String, Map<String, String>> results = new LinkedHashMap<>();

  @Test
  void everyRowHoldsButThoseThatAreListed() throws Exception {
    run("felix", "equinox");
    run("equinox", "felix");
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, Map<String, String>> column : results.entrySet()) {
      boolean remote = column.getKey().endsWith("remote");
      column.getValue().forEach((row, result) -> {
        if (result.equals("ok") == (remote && DIFFERS_REMOTELY.containsKey(row))) {
          wrong.add(column.getKey() + ": " + row + ": " + result);
        }
      });
    }
    assertEquals(List.of(), wrong);
    if (Boolean.getBoolean("fluid.conformance.write")) {
      Files.writeString(PAGE, page());
    }
    assertEquals(
        page(), Files.readString(PAGE), "write it anew with -Dfluid.conformance.write=true");
  }

  private void run(String framework, String other) throws Exception {
    try (Group alone = new Group(folder(framework + "-host"))) {
      alone.start("n1", framework);
      for (String name : List.of("counterpart", "conformance")) {
        alone.run("n1", "felix:start " + lastWord(alone.run("n1", "felix:install " + jar(name))));
      }
      collect(framework + " host", alone);
    }
    try (Group group = new Group(folder(framework))) {
      group.start("n1", framework);
      group.start("n2", other);
      group.awaitMembers("n1", 2);
      group.awaitMembers("n2", 2);
      for (String node : List.of("n1", "n2")) {
        install(group, "counterpart", node);
        String suite = install(group, "conformance", "n1");
        collect(framework + (node.equals("n1") ? " local" : " remote"), group);
        group.run("n1", "fluid:uninstall " + suite);
      }
    }
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(directory.resolve(name));
  }

  private static String install(Group group, String name, String node) throws ProcessException {
    String id =
        group.run("n1", "fluid:install " + jar(name) + " " + node).get(0).split(" ", 2)[0];
    group.run("n1", "fluid:start " + id);
    return id;
  }

  private static String jar(String name) {
    return JARS.resolve(name + ".jar").toUri().toString();
  }

  private static String lastWord(List<String> lines) {
    String line = String.join(" ", lines).strip();
    return line.substring(line.lastIndexOf(' ') + 1);
  }

  private void collect(String column, Group group) {
    List<String> lines = new ArrayList<>();
    group.until(column, PATIENCE, () -> {
      lines.clear();
      lines.addAll(group.run("n1", "conformance:run " + jar("counterpart")));
      return !lines.isEmpty();
    });
    Map<String, String> found = new LinkedHashMap<>();
    for (String line : lines) {
      int bar = line.indexOf(" | ");
      if (bar > 0) { // a framework may say something in between
        found.put(line.substring(0, bar), line.substring(bar + 3));
      }
    }
    assertTrue(found.size() > 40, column + " said " + lines);
    results.values().forEach(other -> assertEquals(other.keySet(), found.keySet(), column));
    results.put(column, found);
  }

  private String page() {
    StringBuilder page = new StringBuilder("""
        # Conformance

        What a bundle may rely on, as a suite of ours saw it (`itests/conformance`): a bundle looks at its own context and at a counterpart, another bundle. *Host*: both
        are ordinary bundles of the host framework, which shows that the suite asks for no more than frameworks keep. *Local*: both are virtual bundles on one node.
        *Remote*: the counterpart is a virtual bundle on another node, of the other framework. `ConformanceIT` runs it in real processes, in each build, and this page is what it
        wrote.

        | what |""");
    results.keySet().forEach(column -> page.append(' ').append(column).append(" |"));
    page.append("\n|---|").append("---|".repeat(results.size())).append('\n');
    for (String row : results.values().iterator().next().keySet()) {
      page.append("| ").append(row).append(" |");
      for (Map<String, String> column : results.values()) {
        page.append(column.getOrDefault(row, "").equals("ok") ? " yes |" : " **no** |");
      }
      page.append('\n');
    }
    page.append("\n## What differs, and why\n\n");
    DIFFERS_REMOTELY.forEach(
        (row, why) -> page.append("- ").append(row).append(": ").append(why).append(".\n"));
    return page.toString();
  }
}
