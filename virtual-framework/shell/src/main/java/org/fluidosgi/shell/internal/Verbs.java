package org.fluidosgi.shell.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.osgi.framework.BundleException;

/** The commands that change bundles anywhere in the group. A batch tries all, then reports each.
 * Threads: any; block until the node in question answered. Errors: CommandException when an item failed, with the line of each. */
public final class Verbs {
  static final String[] NAMES = {"install", "start", "stop", "update", "uninstall"};

  static final String BUNDLE =
      "ids such as n2:7, or symbolic names with an optional version such as name/1.2.0";

  /** The framework chooses the node. */
  private static final String ANY = "any";

  private static final String WHERE =
      "the node: n2, its name, or the beginning of its UUID; a filter on properties of nodes, or any, for the best of them";

  private final Source source;

  Verbs(Source source) {
    this.source = source;
  }

  @Descriptor("installs a bundle on this node")
  public Result install(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor("where this node reads the bundle, for example file:/path/name.jar") String url) {
    return install(json, url, "");
  }

  @Descriptor("installs a bundle on a node of the group")
  public Result install(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor("where this node reads the bundle, for example file:/path/name.jar") String url,
      @Descriptor(WHERE) String node) {
    boolean another = node.contains(":") && !node.startsWith("("); // no name of a node has a colon
    return another
        ? install(json, "", new String[] {url, node})
        : install(json, node, new String[] {url});
  }

  @Descriptor("installs bundles on a node of the group")
  public Result install(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor(WHERE) @Parameter(names = "--on", absentValue = "") String on,
      @Descriptor("where this node reads the bundles, for example file:/path/name.jar")
          String... urls) {
    return batch(json, "install", urls, (framework, item) -> {
      VirtualBundle bundle = on.startsWith("(") || on.equals(ANY)
          ? framework.place(item, on.equals(ANY) ? null : on)
          : framework.install(item, on.isEmpty() ? framework.localNode() : framework.node(on));
      return Done.with(bundle, named(bundle) + " installed on " + NodeRow.label(bundle.node()));
    });
  }

  @Descriptor("starts bundles wherever they are")
  public Result start(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor(BUNDLE) String... bundles) {
    return batch(json, "start", bundles, (framework, item) -> {
      VirtualBundle bundle = framework.bundle(item);
      bundle.start();
      return Done.with(
          bundle, named(bundle) + " is " + BundleRow.state(bundle.getState()) + on(bundle));
    });
  }

  @Descriptor("stops bundles wherever they are")
  public Result stop(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor(BUNDLE) String... bundles) {
    return batch(json, "stop", bundles, (framework, item) -> {
      VirtualBundle bundle = framework.bundle(item);
      bundle.stop();
      return Done.with(bundle, named(bundle) + " stopped" + on(bundle));
    });
  }

  @Descriptor(
      "updates bundles wherever they are, from their update locations or locations, as this node reads them")
  public Result update(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor(BUNDLE) String... bundles) {
    return batch(json, "update", bundles, (framework, item) -> {
      VirtualBundle bundle = framework.bundle(item);
      bundle.update();
      return Done.with(bundle, named(bundle) + " updated" + on(bundle));
    });
  }

  @Descriptor("uninstalls bundles wherever they are")
  public Result uninstall(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor(BUNDLE) String... bundles) {
    return batch(json, "uninstall", bundles, (framework, item) -> {
      VirtualBundle bundle = framework.bundle(item);
      String name = named(bundle);
      String on = on(bundle);
      bundle.uninstall();
      return Done.with(bundle, name + " uninstalled" + on);
    });
  }

  private Result batch(boolean json, String command, String[] items, Action action) {
    return Document.of(json, () -> tryAll(command, items, action));
  }

  private Result tryAll(String command, String[] items, Action action) {
    Optional<VirtualFramework> framework = source.framework();
    if (framework.isEmpty()) {
      throw new CommandException(command + ": " + Source.NO_FRAMEWORK);
    }
    Options.refuse(command, items);
    if (items.length == 0) {
      throw new CommandException(command + ": name at least one bundle, for example " + command
          + (command.equals("install") ? " file:/path/name.jar" : " n2:7"));
    }
    List<Reports.Report> reports = new ArrayList<>();
    for (String item : items) {
      try {
        Done done = action.apply(framework.get(), item);
        reports.add(new Reports.Report(item, true, done.id, done.text));
      } catch (BundleException | RuntimeException e) {
        reports.add(new Reports.Report(item, false, null, Failure.line(command, item, e)));
      }
    }
    return Reports.allDone(reports);
  }

  private static String named(VirtualBundle bundle) {
    BundleRow row = BundleRow.of(bundle);
    return row.id() + " " + row.name() + " " + row.version();
  }

  private static String on(VirtualBundle bundle) {
    return " on " + NodeRow.label(bundle.node());
  }

  /** What was done: the bundle's id and the line that says so. */
  private record Done(String id, String text) {
    static Done with(VirtualBundle bundle, String text) {
      return new Done(bundle.id().toString(), text);
    }
  }

  /** What is done with one item. */
  private interface Action {
    Done apply(VirtualFramework framework, String item) throws BundleException;
  }
}
