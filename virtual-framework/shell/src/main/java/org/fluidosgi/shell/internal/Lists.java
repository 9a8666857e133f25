package org.fluidosgi.shell.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.felix.service.command.Descriptor;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualService;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/** The commands that show the group.
 * Threads: any. Errors: CommandException. */
public final class Lists {
  static final String[] NAMES = {"nodes", "services", "bundles"};

  private static final List<Column<NodeRow>> NODES = List.of(
      Column.left("NODE", NodeRow::node),
      Column.left("STATE", NodeRow::state),
      Column.right("BUNDLES", NodeRow::bundles),
      Column.left("NAME", NodeRow::name),
      Column.left("ADDRESS", NodeRow::address),
      Column.left("FRAMEWORK", NodeRow::framework),
      Column.left("JAVA", NodeRow::java));

  private static final List<Column<ServiceRow>> SERVICES = List.of(
      Column.left("NODE", ServiceRow::node),
      Column.right("ID", ServiceRow::id),
      Column.left("INTERFACES", ServiceRow::shortNames),
      Column.left("BUNDLE", ServiceRow::bundle));

  private static final List<Column<BundleRow>> BUNDLES = List.of(
      Column.right("ID", BundleRow::id),
      Column.left("NODE", BundleRow::node),
      Column.left("STATE", BundleRow::state),
      Column.left("NAME", BundleRow::name),
      Column.left("VERSION", BundleRow::version));

  private final Source source;

  Lists(Source source) {
    this.source = source;
  }

  @Descriptor("lists the nodes of the group")
  public Table<NodeRow> nodes() {
    return show("nodes", "", framework -> {
      List<NodeRow> rows = framework.nodes().stream().map(NodeRow::of).toList();
      long up = rows.stream().filter(row -> row.state().equals("up")).count();
      return table(
          NODES, rows, NodeRow::local, "nodes", count(rows.size(), "node") + ", " + up + " up");
    });
  }

  @Descriptor("lists the services that nodes share with the group")
  public Table<ServiceRow> services() {
    return services("");
  }

  @Descriptor("lists the services that nodes share with the group and that match")
  public Table<ServiceRow> services(
      @Descriptor("a quoted LDAP filter on their properties, or a part of an interface's name")
          String filter) {
    return show("services", filter, framework -> {
      Predicate<VirtualService> wanted = matching(filter);
      Map<String, String> bundles = new HashMap<>();
      for (VirtualBundle bundle : framework.bundles()) {
        bundles.put(bundle.id().toString(), BundleRow.of(bundle).name());
      }
      List<VirtualService> all = framework.services();
      List<ServiceRow> rows =
          all.stream().filter(wanted).map(each -> ServiceRow.of(each, bundles)).toList();
      String counted = filter.isEmpty()
          ? count(rows.size(), "service")
          : rows.size() + " of " + count(all.size(), "service");
      return table(
          SERVICES,
          rows,
          ServiceRow::local,
          filter.isEmpty() ? "services" : "services match " + filter,
          counted);
    });
  }

  @Descriptor("lists the virtual bundles of the group")
  public Table<BundleRow> bundles() {
    return show("bundles", "", framework -> {
      List<BundleRow> rows = framework.bundles().stream().map(BundleRow::of).toList();
      long active = rows.stream().filter(row -> row.state().equals("ACTIVE")).count();
      return table(
          BUNDLES,
          rows,
          BundleRow::local,
          "bundles",
          count(rows.size(), "bundle") + ", " + active + " active");
    });
  }

  private <R> Table<R> show(
      String command, String value, Function<VirtualFramework, Table<R>> shown) {
    VirtualFramework framework = source
        .framework()
        .orElseThrow(() -> new CommandException(command + ": " + Verbs.NO_FRAMEWORK));
    try {
      return shown.apply(framework);
    } catch (RuntimeException e) {
      throw new CommandException(Failure.line(command, value, e));
    }
  }

  private <R> Table<R> table(
      List<Column<R>> columns, List<R> rows, Predicate<R> local, String plural, String counted) {
    return rows.isEmpty()
        ? Table.empty("no " + plural)
        : new Table<>(columns, rows, local, counted + ", " + source.view());
  }

  private static String count(int number, String singular) {
    return number + " " + singular + (number == 1 ? "" : "s");
  }

  private static Predicate<VirtualService> matching(String filter) {
    if (!filter.startsWith("(")) {
      String part = filter.toLowerCase(Locale.ROOT);
      return service -> service.interfaces().stream()
          .anyMatch(name -> name.toLowerCase(Locale.ROOT).contains(part));
    }
    Filter parsed;
    try {
      parsed = FrameworkUtil.createFilter(filter);
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(
          "no LDAP filter, write for example \"(objectClass=*Trend*)\"", e);
    }
    return service -> {
      Map<String, Object> properties = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      properties.putAll(service.properties());
      properties.put(Constants.OBJECTCLASS, service.interfaces().toArray(String[]::new));
      return parsed.matches(properties);
    };
  }
}
