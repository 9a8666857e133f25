package org.fluidosgi.shell.internal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.felix.service.command.Descriptor;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.framework.Providers;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.VirtualService;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;

/** The commands that show the group.
 * Threads: any. Errors: CommandException. */
public final class Lists {
  static final String[] NAMES = {
    "nodes", "node", "services", "service", "bundles", "bundle", "providers"
  };

  private static final List<Column<NodeRow>> NODES = List.of(
      Column.left("NODE", NodeRow::node),
      Column.left("STATE", NodeRow::state),
      Column.right("BUNDLES", NodeRow::bundles),
      Column.left("NAME", NodeRow::name),
      Column.left("ADDRESS", NodeRow::address),
      Column.left("FRAMEWORK", NodeRow::framework),
      Column.left("JAVA", NodeRow::java));

  /** A row of {@code node}: one fact. */
  public record FactRow(String fact, String value) {}

  private static final List<Column<FactRow>> FACTS =
      List.of(Column.left("FACT", FactRow::fact), Column.left("VALUE", FactRow::value));

  private static final List<Column<ProviderRow>> PROVIDERS = List.of(
      Column.left("WHERE", ProviderRow::where),
      Column.right("ID", ProviderRow::id),
      Column.left("NAME", ProviderRow::name),
      Column.left("VERSION", ProviderRow::version),
      Column.left("ATTRIBUTES", ProviderRow::attributes));

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

  @Descriptor("shows what is known of a node")
  public Table<FactRow> node(
      @Descriptor("the node: n2, its name, or the beginning of its UUID") String node) {
    return show("node", node, framework -> {
      VirtualNode found = framework.node(node);
      NodeInfo info = found.info();
      List<FactRow> rows = new ArrayList<>(List.of(
          new FactRow("name", found.name()),
          new FactRow("state", found.state().name().toLowerCase(Locale.ROOT)),
          new FactRow("id", info.id().toString()),
          new FactRow("life", Long.toString(info.incarnation().counter())),
          new FactRow("address", info.address().toString()),
          new FactRow("bundles", Integer.toString(found.bundles()))));
      long services = framework.services().stream()
          .filter(each -> each.node().info().id().equals(info.id()))
          .count();
      rows.add(new FactRow("services", Long.toString(services)));
      new TreeMap<>(found.properties())
          .forEach((name, value) -> rows.add(new FactRow(name, String.valueOf(value))));
      return new Table<>(
          FACTS,
          rows,
          row -> false,
          NodeRow.label(found) + (found.local() ? ", this node" : "") + ", " + source.view());
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
      Asked asked = filter.startsWith("(") ? ask(filter) : named(filter);
      Map<String, String> bundles = new HashMap<>();
      for (VirtualBundle bundle : framework.bundles()) {
        bundles.put(bundle.id().toString(), BundleRow.of(bundle).name());
      }
      List<VirtualService> all = framework.services();
      List<ServiceRow> rows = all.stream()
          .filter(asked.wanted())
          .map(each -> ServiceRow.of(each, bundles))
          .toList();
      String counted = filter.isEmpty()
          ? count(rows.size(), "service")
          : rows.size() + " of " + count(all.size(), "service");
      return table(
          SERVICES,
          rows,
          ServiceRow::local,
          (filter.isEmpty() ? "services" : "services match " + filter) + asked.missing(),
          counted + asked.missing());
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

  @Descriptor("shows what is known of a virtual bundle")
  public Table<FactRow> bundle(@Descriptor(Verbs.BUNDLE) String bundle) {
    return show("bundle", bundle, framework -> {
      VirtualBundle found = framework.bundle(bundle);
      BundleRow row = BundleRow.of(found);
      List<FactRow> rows = new ArrayList<>(List.of(
          new FactRow("name", row.name()),
          new FactRow("version", row.version()),
          new FactRow("state", row.state()),
          new FactRow("node", row.node() + " " + found.node().name()),
          new FactRow("location", found.getLocation()),
          new FactRow("sha256", found.sha256()),
          new FactRow(
              "modified",
              Instant.ofEpochMilli(found.getLastModified())
                  .truncatedTo(ChronoUnit.SECONDS)
                  .toString())));
      addServices("registers", found.getRegisteredServices(), rows);
      addServices("uses", found.getServicesInUse(), rows);
      return new Table<>(
          FACTS,
          rows,
          each -> false,
          row.id() + (row.local() ? ", on this node" : "") + ", " + source.view());
    });
  }

  private static void addServices(
      String what, ServiceReference<?> @Nullable [] services, List<FactRow> rows) {
    if (services != null) {
      for (ServiceReference<?> each : services) {
        rows.add(new FactRow(
            what,
            title(each.getProperty(Constants.SERVICE_ID)) + " "
                + String.join(", ", (String[]) each.getProperty(Constants.OBJECTCLASS))));
      }
    }
  }

  private static String title(@Nullable Object id) {
    return id instanceof Long number ? VirtualId.of(number).toString() : "-";
  }

  @Descriptor("shows what is known of a service that a node shares with the group")
  public Table<FactRow> service(@Descriptor("its id, such as n2:40") String id) {
    return show("service", id, framework -> {
      VirtualId wanted = VirtualId.parse(id.trim());
      VirtualService found = framework.services().stream()
          .filter(each -> each.id().equals(wanted))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(
              "no service '" + id + "' is shared: fluid:services lists those that are"));
      List<FactRow> rows = new ArrayList<>();
      rows.add(
          new FactRow("node", NodeRow.label(found.node()) + " " + found.node().name()));
      new TreeMap<>(found.properties())
          .forEach((name, value) -> rows.add(new FactRow(name, text(name, value))));
      return new Table<>(
          FACTS,
          rows,
          each -> false,
          found.id() + (found.node().local() ? ", on this node" : "") + ", " + source.view());
    });
  }

  private static String text(String name, Object value) {
    if (value instanceof Object[] array) {
      return Arrays.asList(array).toString();
    }
    return name.equals(Constants.SERVICE_BUNDLEID) ? title(value) : String.valueOf(value);
  }

  @Descriptor("lists the bundles, hosts and repositories that provide a capability")
  public Table<ProviderRow> providers(
      @Descriptor(
              "the capability's namespace, for example osgi.wiring.package, osgi.identity, osgi.content")
          String namespace) {
    return providers(namespace, "");
  }

  @Descriptor("lists the bundles, hosts and repositories that provide a capability that matches")
  public Table<ProviderRow> providers(
      @Descriptor(
              "the capability's namespace, for example osgi.wiring.package, osgi.identity, osgi.content")
          String namespace,
      @Descriptor("a quoted LDAP filter on the capability's attributes") String filter) {
    return show("providers", namespace, framework -> {
      Providers providers = Source.answer(framework.findProviders(new Required(namespace, filter)));
      List<ProviderRow> rows = providers.found().stream().map(ProviderRow::of).toList();
      String partial = RegistryLists.partial(providers.partial());
      return table(
          PROVIDERS,
          rows,
          ProviderRow::local,
          "providers" + partial,
          count(rows.size(), "provider") + partial);
    });
  }

  /** A requirement that a person typed. */
  private record Required(String namespace, String filter) implements Requirement {
    @Override
    public String getNamespace() {
      return namespace;
    }

    @Override
    public Map<String, String> getDirectives() {
      return filter.isEmpty() ? Map.of() : Map.of("filter", filter);
    }

    @Override
    public Map<String, Object> getAttributes() {
      return Map.of();
    }

    @Override
    @SuppressWarnings("NullAway") // what no bundle requires has no resource
    public Resource getResource() {
      return null;
    }
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

  static String count(int number, String singular) {
    return number + " " + singular + (number == 1 ? "" : "s");
  }

  /** Which services are wanted, and what a footer says of those that may be unknown. */
  private record Asked(Predicate<VirtualService> wanted, String missing) {}

  /** Those with an interface whose name has that part. */
  private Asked named(String name) {
    String part = name.toLowerCase(Locale.ROOT);
    boolean partial =
        source.store().map(store -> Source.answer(store.inventory()).partial()).orElse(false);
    return new Asked(
        service -> service.interfaces().stream()
            .anyMatch(each -> each.toLowerCase(Locale.ROOT).contains(part)),
        RegistryLists.partial(partial));
  }

  /** Those whose records match. */
  private Asked ask(String filter) {
    RegistryStore store =
        source.store().orElseThrow(() -> new IllegalStateException(RegistryLists.NO_REGISTRY));
    Interest interest = Interest.matching("endpoint", filter);
    Scanned scanned = Scanned.all(store, interest, System::nanoTime);
    Set<RecordId> found = new HashSet<>();
    scanned.records().forEach(each -> found.add(each.id()));
    return new Asked(
        service -> found.contains(
            new RecordId(service.node().info().id(), "endpoint", service.endpointId())),
        scanned.missing());
  }
}
