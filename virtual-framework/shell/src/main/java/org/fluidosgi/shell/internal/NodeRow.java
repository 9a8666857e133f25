package org.fluidosgi.shell.internal;

import java.util.Locale;
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
  static NodeRow of(VirtualNode node) {
    return new NodeRow(
        label(node),
        node.name(),
        node.state().name().toLowerCase(Locale.ROOT),
        node.bundles(),
        node.info().address().toString(),
        text(node.properties().get("framework.vendor")),
        text(node.properties().get("java.version")),
        node.local());
  }

  /** The node's short name: its ordinal, or its name as long as it has none. */
  static String label(VirtualNode node) {
    return node.ordinal() > 0 ? "n" + node.ordinal() : node.name();
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
