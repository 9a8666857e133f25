package org.fluidosgi.channel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Real nodes in one JVM, each with a directory of its own and one group token; closes what it opened. */
public final class Nodes implements AutoCloseable {
  private final Path directory;
  private final List<StandaloneNode> open = new ArrayList<>();

  public Nodes(Path directory) {
    this.directory = directory;
  }

  /** Opens a node on a free port. Settings come in pairs. */
  public StandaloneNode open(String name, String... settings) {
    Map<String, String> all = new HashMap<>();
    all.put("fluid.name", name);
    all.put("fluid.data.dir", directory.resolve(name).toString());
    all.put("fluid.port", "0");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    StandaloneNode node = StandaloneNode.open(new Settings(all::get));
    open.add(node);
    return node;
  }

  public static NodeAddress address(StandaloneNode node) {
    return node.localNode().info().address();
  }

  @Override
  public void close() {
    open.forEach(StandaloneNode::close);
  }
}
