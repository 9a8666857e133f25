package org.fluidosgi.launcher.internal;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a node is started with, in a form that crosses class loaders: the framework's side reads it back from texts.
 * Shape: paths absolute; {@code properties} go to the framework as they are. */
public record NodeOptions(
    Path home,
    String framework,
    Path data,
    @Nullable Path bundles,
    boolean daemon,
    boolean verbose,
    Map<String, String> properties) {
  private static final String PROPERTY = "property:";

  public NodeOptions {
    properties = Map.copyOf(properties);
  }

  /** Name of the node. */
  public String name() {
    return properties.getOrDefault("fluid.name", "node");
  }

  public Map<String, String> toTexts() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("home", home.toString());
    texts.put("framework", framework);
    texts.put("data", data.toString());
    if (bundles != null) {
      texts.put("bundles", bundles.toString());
    }
    texts.put("daemon", Boolean.toString(daemon));
    texts.put("verbose", Boolean.toString(verbose));
    properties.forEach((key, value) -> texts.put(PROPERTY + key, value));
    return texts;
  }

  public static NodeOptions fromTexts(Map<String, String> texts) {
    Map<String, String> properties = new LinkedHashMap<>();
    texts.forEach((key, value) -> {
      if (key.startsWith(PROPERTY)) {
        properties.put(key.substring(PROPERTY.length()), value);
      }
    });
    String bundles = texts.get("bundles");
    return new NodeOptions(
        Path.of(text(texts, "home")),
        text(texts, "framework"),
        Path.of(text(texts, "data")),
        bundles == null ? null : Path.of(bundles),
        Boolean.parseBoolean(text(texts, "daemon")),
        Boolean.parseBoolean(text(texts, "verbose")),
        properties);
  }

  private static String text(Map<String, String> texts, String key) {
    String value = texts.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no " + key);
    }
    return value;
  }
}
