package org.fluidosgi.shell.internal;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fluidosgi.framework.VirtualNode;
import org.jspecify.annotations.Nullable;

/** A row of {@code nodes}. */
public record NodeRow(
    String node,
    String name,
    String state,
    int bundles,
    String address,
    @Nullable String framework,
    @Nullable String java,
    boolean local) {
  private static final Map<String, String> NAMES =
      Map.of("org.apache.felix.framework", "felix", "org.eclipse.osgi", "equinox");
  private static final Pattern NUMBERS = Pattern.compile("[0-9]+(\\.[0-9]+){0,2}");

  static NodeRow of(VirtualNode node) {
    return new NodeRow(
        label(node),
        node.name(),
        node.state().name().toLowerCase(Locale.ROOT),
        node.bundles(),
        node.info().address().toString(),
        framework(node.properties()),
        text(node.properties().get("java.version")),
        node.local());
  }

  /** The node's short name: its ordinal, or its name as long as it has none. */
  public static String label(VirtualNode node) {
    return node.ordinal() > 0 ? "n" + node.ordinal() : node.name();
  }

  /** As people call it, with the version's three numbers: {@code felix 7.0.5}. */
  private static @Nullable String framework(Map<String, Object> properties) {
    String name = text(properties.get("framework.name"));
    if (name == null) {
      return null;
    }
    String shown = NAMES.getOrDefault(name, name);
    String version = text(properties.get("framework.version"));
    if (version == null) {
      return shown;
    }
    Matcher numbers = NUMBERS.matcher(version);
    return shown + " " + (numbers.lookingAt() ? numbers.group() : version);
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
