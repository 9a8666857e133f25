package org.fluidosgi.itests.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.launcher.process.ProcessException;

/** Bundles of others in a group, installed and controlled by the shell of any node. */
final class Guests {
  /** SLF4J with a simple provider, and SpiFly that leads one to the other. */
  static final List<String> SLF4J = List.of(
      "asm-tree",
      "asm-analysis",
      "asm-commons",
      "asm-util",
      "org.apache.aries.spifly.dynamic.bundle",
      "slf4j-api",
      "slf4j-simple");

  private static final Path JARS = Path.of(System.getProperty("fluid.itests.thirdparty"));

  private final Group group;

  Guests(Group group) {
    this.group = group;
  }

  /** The location of one of the bundles. */
  static String url(String name) {
    return JARS.resolve(name + ".jar").toUri().toString();
  }

  /** Installs them from one node onto another; answers their ids. */
  List<String> install(String from, String on, List<String> names) throws ProcessException {
    List<String> ids = new ArrayList<>();
    for (String name : names) {
      ids.add(install(from, on, name));
    }
    return ids;
  }

  /** Installs one, by its name or its location. */
  String install(String from, String on, String name) throws ProcessException {
    String url = name.startsWith("file:") ? name : url(name);
    return group.run(from, "fluid:install --on " + on + " " + url).get(0).split(" ", 2)[0];
  }

  /** Runs {@code start}, {@code stop}, {@code update} or {@code uninstall} for these, in that order, on a node that knows them. */
  void act(String from, String verb, String... ids) throws ProcessException {
    String known = String.join("\n", group.run(from, "fluid:bundles"));
    for (String id : ids) {
      if (!known.contains(" " + id + " ")) {
        group.awaitBundle(from, id);
      }
    }
    group.run(from, "fluid:" + verb + " " + String.join(" ", ids));
  }

  void act(String from, String verb, List<String> ids) throws ProcessException {
    act(from, verb, ids.toArray(String[]::new));
  }

  /** Takes an ordinary bundle of that node's host away, for a virtual one in its place. */
  void uninstallFromHost(String node, String symbolicName) throws ProcessException {
    for (String line : group.run(node, "felix:lb -s")) {
      String[] columns = line.split("\\|", -1);
      if (columns.length > 3 && columns[3].startsWith(symbolicName + " ")) {
        group.run(node, "b = ($.context getBundle " + columns[0].strip() + ") ; $b uninstall");
        return;
      }
    }
    throw new AssertionError(node + " has no " + symbolicName);
  }
}
