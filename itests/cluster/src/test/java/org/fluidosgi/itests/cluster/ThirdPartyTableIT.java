package org.fluidosgi.itests.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionTimeoutException;
import org.fluidosgi.launcher.process.ProcessException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles of the {@link Catalogue}, installed and started from n1, on Equinox and on Felix, and uninstalled from a third node. What
 * was seen is a table of the documentation: it is compared, and written with {@code -Dfluid.thirdparty.write=true}.
 * Shape: {@code fluid.test.thirdparty.bundles} of them, chosen by {@code fluid.test.seed}; 0, or writing, is all. */
class ThirdPartyTableIT {
  private static final Path PAGE = Path.of(System.getProperty("fluid.docs"), "third-party.md");
  private static final String BEGIN = "<!-- Written by ThirdPartyTableIT. -->\n";
  private static final String END = "<!-- End of what is written. -->\n";
  private static final Map<String, String> FRAMEWORKS =
      new TreeMap<>(Map.of("n2", "equinox", "n3", "felix"));

  private static final int BUNDLES = Integer.getInteger("fluid.test.thirdparty.bundles", 8);
  private static final long SEED = Long.getLong("fluid.test.seed", System.nanoTime());
  private static final boolean WRITE = Boolean.getBoolean("fluid.thirdparty.write");

  /** What does nothing for so long does nothing, where that is what the page says. */
  private static final Duration NOTHING = Duration.ofSeconds(2);

  private final Map<String, Map<String, String>> seen = new LinkedHashMap<>();
  private final Map<String, String> names = new LinkedHashMap<>();

  @TempDir
  Path directory;

  @Test
  void bundlesOfTheCatalogueAreAsThePageSays() throws Exception {
    try (Group group = new Group(directory)) {
      group.start("n1", "felix");
      for (Map.Entry<String, String> node : FRAMEWORKS.entrySet()) {
        group.start(node.getKey(), node.getValue(), settings(node.getKey()));
      }
      for (String name : List.of("n1", "n2", "n3")) {
        group.awaitMembers(name, 3);
      }
      // Some run all the time on every node: extenders meet bundles of other nodes.
      Guests guests = new Guests(group);
      for (String name : List.of("n1", "n2", "n3")) {
        guests.act("n1", "start", guests.install("n1", name, Guests.SLF4J));
      }
      for (Catalogue.Entry entry : chosen()) {
        seen.put(entry.jar(), new LinkedHashMap<>());
        for (String on : FRAMEWORKS.keySet()) {
          seen.get(entry.jar()).put(FRAMEWORKS.get(on), tryOut(group, guests, entry, on));
        }
      }
    }
    compare();
  }

  private static List<Catalogue.Entry> chosen() {
    List<Catalogue.Entry> all = Catalogue.entries();
    if (WRITE || BUNDLES == 0 || BUNDLES >= all.size()) {
      return all;
    }
    Collections.shuffle(all, new Random(SEED));
    System.err.printf("%d of %d bundles, seed %d%n", BUNDLES, all.size(), SEED);
    return all.subList(0, BUNDLES);
  }

  /** What the bundles of the catalogue read. */
  private String[] settings(String node) throws IOException {
    Path folder = Files.createDirectories(directory.resolve(node + "-load"));
    Path jar = Path.of(URI.create(Guests.url("encoder")));
    Files.copy(jar, folder.resolve(jar.getFileName()));
    return new String[] {
      "--set", "felix.fileinstall.dir=" + folder, "--set", "felix.fileinstall.poll=200"
    };
  }

  /** Answers an empty text when it did its work, else what went wrong. */
  private String tryOut(Group group, Guests guests, Catalogue.Entry entry, String on)
      throws Exception {
    List<String> ids = new ArrayList<>();
    List<String> before = idsOn(group, on);
    try {
      for (String need : entry.needs()) {
        ids.add(guests.install("n1", on, need));
      }
      String installed = group
          .run("n1", "fluid:install --on " + on + " " + Guests.url(entry.jar()))
          .get(0);
      String[] words = installed.split(" ", 4);
      ids.add(words[0]);
      names.put(entry.jar(), "`" + words[1] + "` " + words[2]);
      for (String id : ids) {
        start(group, id);
      }
      group.run("n1", "fluid:start " + words[0]);
      return work(group, entry, on, words[0]);
    } catch (ProcessException e) {
      return String.valueOf(e.getMessage());
    } finally {
      Collections.reverse(ids);
      guests.act(on.equals("n2") ? "n3" : "n2", "uninstall", ids);
      for (String left : idsOn(group, on)) {
        if (!before.contains(left)) {
          guests.act("n1", "uninstall", left);
        }
      }
      refresh(group, on);
    }
  }

  /** The virtual bundles of a node: a bundle may install others. */
  private static List<String> idsOn(Group group, String on) throws ProcessException {
    return group.run(on, "fluid:bundles").stream()
        .map(line -> line.replaceFirst("^[* ]+", "").split(" ", 2)[0])
        .filter(id -> id.startsWith(on + ":"))
        .toList();
  }

  /** A need that does not start is told by the bundle that needs it. */
  private static void start(Group group, String id) {
    try {
      group.run("n1", "fluid:start " + id);
    } catch (ProcessException e) {
      System.err.println(e.getMessage());
    }
  }

  /** Waits for what a bundle does in threads of its own. */
  private static String work(Group group, Catalogue.Entry entry, String on, String id) {
    String command = entry.command().replace("$id", id).replace("$url", Guests.url(entry.jar()));
    String expected = entry.expected().replace("$on", on);
    AtomicReference<String> last = new AtomicReference<>("");
    try {
      boolean fails = Catalogue.FAILS.containsKey(entry.jar() + " " + FRAMEWORKS.get(on));
      await()
          .atMost(fails ? NOTHING : Group.PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> {
            try {
              List<String> said = group.run(on, command);
              last.set("'" + command + "' said " + said);
              return said.stream().anyMatch(line -> line.matches(expected));
            } catch (ProcessException e) {
              if (!Thread.currentThread().isInterrupted()) { // else the time is up
                last.set(String.valueOf(e.getMessage()));
              }
              return false;
            }
          });
      return "";
    } catch (ConditionTimeoutException e) {
      return last.get();
    }
  }

  /** What uninstalled bundles still give to others goes, as in any framework, with a refresh. */
  private static void refresh(Group group, String on) throws ProcessException {
    group.run(
        on,
        "b = ($.context getBundle 0) ;"
            + " w = ($b adapt ($b loadClass org.osgi.framework.wiring.FrameworkWiring)) ;"
            + " $w refreshBundles null []");
  }

  private void compare() throws Exception {
    List<String> wrong = new ArrayList<>();
    seen.forEach((jar, results) -> results.forEach((framework, result) -> {
      String known = Catalogue.FAILS.get(jar + " " + framework);
      boolean asKnown = known == null
          ? result.isEmpty()
          : !result.isEmpty() && result.contains(known.split("\\|", 2)[0]);
      if (!asKnown) {
        wrong.add(jar + " on " + framework + ": " + result);
      }
    }));
    assertEquals(List.of(), wrong);
    if (WRITE) {
      write();
    }
    String page = Files.readString(PAGE);
    String table = page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END));
    List<String> rows = table.lines().skip(2).toList();
    assertEquals(Catalogue.entries().size(), rows.size(), "rows on the page");
    List<String> missing = Catalogue.entries().stream()
        .filter(entry -> seen.containsKey(entry.jar()))
        .map(this::row)
        .filter(row -> !rows.contains(row))
        .toList();
    assertEquals(List.of(), missing, "write the page anew with -Dfluid.thirdparty.write=true");
  }

  private void write() throws IOException {
    StringBuilder table = new StringBuilder("""
        | bundle | beside it on the node | what it did | Equinox | Felix |
        |---|---|---|---|---|
        """);
    Catalogue.entries().forEach(entry -> table.append(row(entry)).append('\n'));
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    Files.writeString(PAGE, page.substring(0, begin) + table + page.substring(page.indexOf(END)));
  }

  private String row(Catalogue.Entry entry) {
    StringBuilder row = new StringBuilder("| ").append(names.get(entry.jar()));
    row.append(" | ").append(String.join(", ", entry.needs()));
    row.append(" | ").append(entry.did()).append(" |");
    for (String framework : FRAMEWORKS.values()) {
      String known = Catalogue.FAILS.get(entry.jar() + " " + framework);
      row.append(' ')
          .append(known == null ? "yes" : "**no**: " + known.split("\\|", 2)[1])
          .append(" |");
    }
    return row.toString();
  }
}
