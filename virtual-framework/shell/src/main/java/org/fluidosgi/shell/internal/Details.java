package org.fluidosgi.shell.internal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.VirtualService;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** The commands that show one thing of the group.
 * Threads: any. Errors: CommandException. */
public final class Details {
  static final String[] NAMES = {"node", "service", "bundle"};

  private final Source source;

  Details(Source source) {
    this.source = source;
  }

  @Descriptor("shows what is known of a node")
  public Result node(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor("the node: n2, its name, or the beginning of its UUID") String node) {
    return Lists.show(source, json, "node", node, framework -> {
      VirtualNode found = framework.node(node);
      NodeInfo info = found.info();
      long services = framework.services().stream()
          .filter(each -> each.node().info().id().equals(info.id()))
          .count();
      Map<String, Object> known = new LinkedHashMap<>();
      known.put("name", found.name());
      known.put("state", found.state().name().toLowerCase(Locale.ROOT));
      known.put("id", info.id().toString());
      known.put("life", info.incarnation().counter());
      known.put("address", info.address().toString());
      known.put("bundles", found.bundles());
      known.put("services", services);
      List<Facts.Fact> rows = rows(known);
      Map<String, Object> properties = new TreeMap<>(found.properties());
      properties.forEach((name, value) -> rows.add(new Facts.Fact(name, String.valueOf(value))));
      known.put("properties", properties);
      return facts("node", NodeRow.label(found), found.local(), rows, known);
    });
  }

  @Descriptor("shows what is known of a virtual bundle")
  public Result bundle(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor(Verbs.BUNDLE) String bundle) {
    return Lists.show(source, json, "bundle", bundle, framework -> {
      VirtualBundle found = framework.bundle(bundle);
      BundleRow row = BundleRow.of(found);
      Instant modified = Instant.ofEpochMilli(found.getLastModified());
      Map<String, Object> known = new LinkedHashMap<>();
      known.put("name", row.name());
      known.put("version", row.version());
      known.put("state", row.state());
      known.put("node", row.node() + " " + found.node().name());
      known.put("location", found.getLocation());
      known.put("sha256", found.sha256());
      known.put("modified", modified.truncatedTo(ChronoUnit.SECONDS));
      List<Facts.Fact> rows = rows(known);
      known.put("node", row.node());
      known.put("modified", modified);
      known.put("registers", services("registers", found.getRegisteredServices(), rows));
      known.put("uses", services("uses", found.getServicesInUse(), rows));
      return facts("id", row.id(), row.local(), rows, known);
    });
  }

  /** A service of a bundle, in a document. */
  public record ServiceFact(String id, List<String> interfaces) {}

  private static List<ServiceFact> services(
      String what, ServiceReference<?> @Nullable [] services, List<Facts.Fact> rows) {
    List<ServiceFact> facts = new ArrayList<>();
    if (services != null) {
      for (ServiceReference<?> each : services) {
        String id = title(each.getProperty(Constants.SERVICE_ID));
        List<String> names = List.of((String[]) each.getProperty(Constants.OBJECTCLASS));
        facts.add(new ServiceFact(id, names));
        rows.add(new Facts.Fact(what, id + " " + String.join(", ", names)));
      }
    }
    return facts;
  }

  @Descriptor("shows what is known of a service that a node shares with the group")
  public Result service(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor("its id, such as n2:40") String id) {
    return Lists.show(source, json, "service", id, framework -> {
      VirtualId wanted = VirtualId.parse(id.trim());
      VirtualService found = framework.services().stream()
          .filter(each -> each.id().equals(wanted))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(
              "no service '" + id + "' is shared: fluid:services lists those that are"));
      String label = NodeRow.label(found.node());
      List<Facts.Fact> rows = new ArrayList<>();
      rows.add(new Facts.Fact("node", label + " " + found.node().name()));
      Map<String, Object> properties = new TreeMap<>(found.properties());
      properties.forEach((name, value) -> rows.add(new Facts.Fact(name, text(name, value))));
      properties.computeIfPresent(Constants.SERVICE_BUNDLEID, (name, value) -> title(value));
      Map<String, Object> known = new LinkedHashMap<>();
      known.put("node", label);
      known.put("properties", properties);
      return facts("id", found.id().toString(), found.node().local(), rows, known);
    });
  }

  private static List<Facts.Fact> rows(Map<String, Object> known) {
    List<Facts.Fact> rows = new ArrayList<>();
    known.forEach((name, value) -> rows.add(new Facts.Fact(name, value.toString())));
    return rows;
  }

  private Facts facts(
      String key, String title, boolean local, List<Facts.Fact> rows, Map<String, Object> known) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put(key, title);
    document.put("local", local);
    document.putAll(known);
    document.putAll(source.about(false));
    return new Facts(
        rows,
        title + (!local ? "" : key.equals("node") ? ", this node" : ", on this node") + ", "
            + source.view(),
        document);
  }

  private static String title(@Nullable Object id) {
    return id instanceof Long number ? VirtualId.of(number).toString() : "-";
  }

  private static String text(String name, Object value) {
    if (value instanceof Object[] array) {
      return Arrays.asList(array).toString();
    }
    return name.equals(Constants.SERVICE_BUNDLEID) ? title(value) : String.valueOf(value);
  }
}
