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

  static final String NO_FRAMEWORK =
      "no virtual framework on this node, start bundle org.fluidosgi.framework";

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
  public Reports install(
      @Descriptor("where this node reads the bundle, for example file:/path/name.jar") String url) {
    return install(url, "");
  }

  @Descriptor("installs a bundle on a node of the group")
  public Reports install(
      @Descriptor("where this node reads the bundle, for example file:/path/name.jar") String url,
      @Descriptor(WHERE) String node) {
    return install(node, new String[] {url});
  }

  @Descriptor("installs bundles on a node of the group")
  public Reports install(
      @Descriptor(WHERE) @Parameter(names = "--on", absentValue = "") String on,
      @Descriptor("where this node reads the bundles, for example file:/path/name.jar")
          String... urls) {
    return batch("install", urls, (framework, item) -> {
      VirtualBundle bundle = on.startsWith("(") || on.equals(ANY)
          ? framework.place(item, on.equals(ANY) ? null : on)
          : framework.install(item, on.isEmpty() ? framework.localNode() : framework.node(on));
      return named(bundle) + " installed on " + NodeRow.label(bundle.node());
    });
  }

  @Descriptor("starts bundles wherever they are")
  public Reports start(@Descriptor(BUNDLE) String... bundles) {
    return batch("start", bundles, (framework, item) -> {
      VirtualBundle bundle = framework.bundle(item);
      bundle.start();
      return named(bundle) + " is " + BundleRow.state(bundle.getState()) + on(bundle);
    });
  }

  @Descriptor("stops bundles wherever they are")
  public Reports stop(@Descriptor(BUNDLE) String... bundles) {
    return batch("stop", bundles, (framework, item) -> {
      VirtualBundle bundle = framework.bundle(item);
      bundle.stop();
      return named(bundle) + " stopped" + on(bundle);
    });
  }

  @Descriptor(
      "updates bundles wherever they are, from their update locations or locations, as this node reads them")
  public Reports update(@Descriptor(BUNDLE) String... bundles) {
    return batch("update", bundles, (framework, item) -> {
      VirtualBundle bundle = framework.bundle(item);
      bundle.update();
      return named(bundle) + " updated" + on(bundle);
    });
  }

  @Descriptor("uninstalls bundles wherever they are")
  public Reports uninstall(@Descriptor(BUNDLE) String... bundles) {
    return batch("uninstall", bundles, (framework, item) -> {
      VirtualBundle bundle = framework.bundle(item);
      String name = named(bundle);
      String on = on(bundle);
      bundle.uninstall();
      return name + " uninstalled" + on;
    });
  }

  private Reports batch(String command, String[] items, Action action) {
    Optional<VirtualFramework> framework = source.framework();
    if (framework.isEmpty()) {
      throw new CommandException(command + ": " + NO_FRAMEWORK);
    }
    if (items.length == 0) {
      throw new CommandException(
          command + ": name at least one bundle, for example " + command + " n2:7");
    }
    List<Reports.Report> reports = new ArrayList<>();
    for (String item : items) {
      try {
        reports.add(new Reports.Report(item, true, action.apply(framework.get(), item)));
      } catch (BundleException | RuntimeException e) {
        reports.add(new Reports.Report(item, false, Failure.line(command, item, e)));
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

  /** What is done with one item; answers the line that says so. */
  private interface Action {
    String apply(VirtualFramework framework, String item) throws BundleException;
  }
}
