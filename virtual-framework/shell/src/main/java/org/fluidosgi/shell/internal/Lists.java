package org.fluidosgi.shell.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.fluidosgi.framework.Providers;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualService;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryStore;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;

/** The commands that show the group.
 * Threads: any. Errors: CommandException. */
public final class Lists {
  static final String[] NAMES = {"nodes", "services", "bundles", "providers"};

  private static final List<Column<NodeRow>> NODES = List.of(
      Column.left("NODE", NodeRow::node),
      Column.left("STATE", NodeRow::state),
      Column.right("BUNDLES", NodeRow::bundles),
      Column.left("NAME", NodeRow::name),
      Column.left("ADDRESS", NodeRow::address),
      Column.left("FRAMEWORK", NodeRow::framework),
      Column.left("JAVA", NodeRow::java));

  private static final List<Column<ProviderRow>> PROVIDERS = List.of(
      Column.left("WHERE", ProviderRow::where),
      Column.right("ID", ProviderRow::id),
      Column.left("NAME", ProviderRow::name),
      Column.left("VERSION", ProviderRow::version),
      Column.left("ATTRIBUTES", ProviderRow::attributesText));

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
  public Result nodes(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json) {
    return show(source, json, "nodes", "", framework -> {
      List<NodeRow> rows = framework.nodes().stream().map(NodeRow::of).toList();
      long up = rows.stream().filter(row -> row.state().equals("up")).count();
      return source.table(
          "nodes",
          NODES,
          rows,
          NodeRow::local,
          "nodes",
          count(rows.size(), "node") + ", " + up + " up",
          source.about(false));
    });
  }

  @Descriptor("lists the services that nodes share with the group")
  public Result services(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json) {
    return services(json, "");
  }

  @Descriptor("lists the services that nodes share with the group and that match")
  public Result services(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor("a quoted LDAP filter on their properties, or a part of an interface's name")
          String filter) {
    return show(source, json, "services", filter, framework -> {
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
      return source.table(
          "services",
          SERVICES,
          rows,
          ServiceRow::local,
          (filter.isEmpty() ? "services" : "services match " + filter) + asked.missing(),
          counted + asked.missing(),
          source.about(!asked.missing().isEmpty()));
    });
  }

  @Descriptor("lists the virtual bundles of the group")
  public Result bundles(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json) {
    return show(source, json, "bundles", "", framework -> {
      List<BundleRow> rows = framework.bundles().stream().map(BundleRow::of).toList();
      long active = rows.stream().filter(row -> row.state().equals("ACTIVE")).count();
      return source.table(
          "bundles",
          BUNDLES,
          rows,
          BundleRow::local,
          "bundles",
          count(rows.size(), "bundle") + ", " + active + " active",
          source.about(false));
    });
  }

  @Descriptor("lists the bundles, hosts and repositories that provide a capability")
  public Result providers(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor(
              "the capability's namespace, for example osgi.wiring.package, osgi.identity, osgi.content")
          String namespace) {
    return providers(json, namespace, "");
  }

  @Descriptor("lists the bundles, hosts and repositories that provide a capability that matches")
  public Result providers(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor(
              "the capability's namespace, for example osgi.wiring.package, osgi.identity, osgi.content")
          String namespace,
      @Descriptor("a quoted LDAP filter on the capability's attributes") String filter) {
    return show(source, json, "providers", namespace, framework -> {
      Providers providers = Source.answer(framework.findProviders(new Required(namespace, filter)));
      List<ProviderRow> rows = providers.found().stream().map(ProviderRow::of).toList();
      String partial = RegistryLists.partial(providers.partial());
      return source.table(
          "providers",
          PROVIDERS,
          rows,
          ProviderRow::local,
          "providers" + partial,
          count(rows.size(), "provider") + partial,
          source.about(providers.partial()));
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

  /** What a command shows of the group. Errors: CommandException with one line, naming command and value. */
  static Result show(
      Source source,
      boolean json,
      String command,
      String value,
      Function<VirtualFramework, Result> shown) {
    return Document.of(json, () -> {
      Options.refuse(command, value);
      VirtualFramework framework = source
          .framework()
          .orElseThrow(() -> new CommandException(command + ": " + Source.NO_FRAMEWORK));
      try {
        return shown.apply(framework);
      } catch (RuntimeException e) {
        throw new CommandException(Failure.line(command, value, e));
      }
    });
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
        source.store().orElseThrow(() -> new IllegalStateException(Source.NO_REGISTRY));
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
