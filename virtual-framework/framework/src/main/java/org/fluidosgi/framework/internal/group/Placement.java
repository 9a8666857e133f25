package org.fluidosgi.framework.internal.group;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.fluidosgi.framework.VirtualNode;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/** Which nodes may take a bundle, the best first, and why the others may not. Threads: one; made for one bundle. */
final class Placement {
  private static final Pattern ATTRIBUTE =
      Pattern.compile("\\(\\s*([^()=<>~&|!\\s][^()=<>~]*?)\\s*[~<>]?=");

  private final List<VirtualNode> candidates = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();

  /** Errors: IllegalArgumentException when the filter is wrong. */
  Placement(List<VirtualNode> nodes, @Nullable String filter) {
    Filter parsed = parse(filter);
    for (VirtualNode node : nodes) {
      Map<String, Object> properties = properties(node);
      if (node.ordinal() == 0) {
        refused(node, "is not of this group yet");
      } else if (node.state() != VirtualNode.State.UP) {
        refused(node, "is suspected to have failed");
      } else if (parsed != null && !parsed.match(new Hashtable<>(properties))) {
        refused(node, "does not match: " + mentioned(parsed, properties));
      } else {
        candidates.add(node);
      }
    }
    candidates.sort(BEST_FIRST);
  }

  private static @Nullable Filter parse(@Nullable String filter) {
    try {
      return filter == null ? null : FrameworkUtil.createFilter(filter);
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException("filter " + filter + " is wrong: " + e.getMessage(), e);
    }
  }

  private static final Comparator<VirtualNode> BEST_FIRST = Comparator.comparingInt(
          (VirtualNode node) -> (int) Math.floor(4 * number(node, "load", 0)))
      .thenComparingDouble(node -> node.bundles() / Math.max(1, number(node, "processors", 1)))
      .thenComparingDouble(node -> -number(node, "memory.free", 0))
      .thenComparingInt(VirtualNode::ordinal);

  private static double number(VirtualNode node, String property, double ifNone) {
    return node.properties().get(property) instanceof Number value ? value.doubleValue() : ifNone;
  }

  private static Map<String, Object> properties(VirtualNode node) {
    Map<String, Object> all = new LinkedHashMap<>(node.properties());
    all.put("name", node.name());
    return all;
  }

  /** The values of what the filter compares. */
  private static String mentioned(Filter filter, Map<String, Object> properties) {
    Set<String> names = new LinkedHashSet<>();
    Matcher attribute = ATTRIBUTE.matcher(filter.toString());
    while (attribute.find()) {
      names.add(attribute.group(1));
    }
    return names.stream()
        .map(name -> name + "="
            + properties.entrySet().stream()
                .filter(each -> each.getKey().equalsIgnoreCase(name))
                .map(each -> String.valueOf(each.getValue()))
                .findFirst()
                .orElse("(none)"))
        .collect(Collectors.joining(", "));
  }

  /** Those that may take it. */
  List<VirtualNode> candidates() {
    return candidates;
  }

  /** That node does not take it. */
  void refused(VirtualNode node, String why) {
    String label = node.ordinal() > 0 ? "n" + node.ordinal() + " " : "";
    reasons.add(label + node.name() + " " + why);
  }

  /** Why nobody takes it. */
  String reasons() {
    return String.join("; ", reasons);
  }
}
