package org.fluidosgi.shell.internal.completion;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualService;
import org.fluidosgi.shell.internal.BundleRow;
import org.fluidosgi.shell.internal.NodeRow;
import org.fluidosgi.shell.internal.Source;

/** Arguments of our commands, as they are in the group at this moment, each with what it is.
 * Threads: any; waits for this node's store. */
final class Candidates {
  private final Source source;

  Candidates(Source source) {
    this.source = source;
  }

  /** The values of an option. */
  Map<String, String> valueOf(String option) {
    return switch (option) {
      case "--on" -> places();
      case "--kind" -> words("bundle", "service", "framework", "node");
      default -> Map.of();
    };
  }

  /** The argument of that number of a command. */
  Map<String, String> argument(String command, int number) {
    return switch (command) {
      case "start", "stop", "update", "uninstall" -> bundles();
      case "bundle" -> number == 0 ? bundles() : Map.of();
      case "node" -> number == 0 ? nodes() : Map.of();
      case "install" -> number == 1 ? places() : Map.of();
      case "service" -> number == 0 ? services() : Map.of();
      case "services" -> number == 0 ? interfaces() : Map.of();
      case "records", "explain" -> number == 0 ? kinds() : Map.of();
      case "providers" ->
        number == 0
            ? words(
                "osgi.wiring.package",
                "osgi.wiring.bundle",
                "osgi.identity",
                "osgi.service",
                "osgi.content",
                "osgi.extender")
            : Map.of();
      default -> Map.of();
    };
  }

  private static Map<String, String> words(String... words) {
    Map<String, String> found = new LinkedHashMap<>();
    for (String each : words) {
      found.put(each, "");
    }
    return found;
  }

  private Map<String, String> places() {
    Map<String, String> found = nodes();
    found.put("any", "the best node");
    return found;
  }

  private Map<String, String> nodes() {
    Map<String, String> found = new LinkedHashMap<>();
    source
        .framework()
        .ifPresent(group -> group.nodes().forEach(node -> {
          found.put(NodeRow.label(node), node.name());
          found.put(node.name(), NodeRow.label(node));
        }));
    return found;
  }

  private Map<String, String> bundles() {
    Map<String, String> found = new LinkedHashMap<>();
    source.framework().map(VirtualFramework::bundles).ifPresent(all -> {
      for (VirtualBundle bundle : all) {
        BundleRow row = BundleRow.of(bundle);
        found.put(row.id(), row.name() + " " + row.version() + " " + row.state());
        boolean several = found.containsKey(row.name());
        found.put(
            several ? row.name() + "/" + row.version() : row.name(), row.id() + " " + row.state());
      }
    });
    return found;
  }

  private Map<String, String> services() {
    Map<String, String> found = new LinkedHashMap<>();
    source.framework().map(VirtualFramework::services).ifPresent(all -> {
      for (VirtualService service : all) {
        found.put(service.id().toString(), String.join(", ", service.interfaces()));
      }
    });
    return found;
  }

  private Map<String, String> interfaces() {
    Map<String, String> found = new LinkedHashMap<>();
    source
        .framework()
        .map(VirtualFramework::services)
        .ifPresent(all ->
            all.forEach(service -> service.interfaces().forEach(each -> found.put(each, ""))));
    return found;
  }

  private Map<String, String> kinds() {
    Map<String, String> found = new LinkedHashMap<>();
    source
        .store()
        .ifPresent(store -> Source.answer(store.inventory())
            .kinds()
            .forEach((kind, count) -> found.put(kind, count + " records")));
    return found;
  }
}
