package org.fluidosgi.framework.internal.group;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.framework.internal.core.NodeLoad;
import org.fluidosgi.topology.spi.Region;

/** What this node tells of itself: what the administrator says, facts, and how busy it is.
 * Threads: any reads; the node's task queue measures, from the opening to the closing. */
final class NodeProperties implements Registration {
  private static final String LABELS = "fluid.node.properties";
  private static final int LOAD_MILLIS = 10_000;

  private final Map<String, Object> fixed = new LinkedHashMap<>();
  private final Duration period;
  private final Env env;
  private NodeLoad load = NodeLoad.measured();
  private volatile Map<String, Object> told;
  private volatile boolean closed;

  /** Errors: IllegalArgumentException naming a setting that is wrong. */
  NodeProperties(Settings settings, Region region, Env env, Map<String, Object> facts) {
    this.env = env;
    period = settings.millis("fluid.framework.load.millis", LOAD_MILLIS, 100, 3_600_000);
    for (String each : settings.text(LABELS, "").split(",")) {
      int equals = each.indexOf('=');
      if (equals > 0) {
        fixed.put(each.substring(0, equals).strip(), each.substring(equals + 1).strip());
      } else if (!each.isBlank()) {
        throw new IllegalArgumentException(
            LABELS + ": '" + each.strip() + "' is not key=value: write zone=eu,rack=7");
      }
    }
    if (fixed.containsKey(Region.PROPERTY)) {
      throw new IllegalArgumentException(
          LABELS + ": " + Region.PROPERTY + " is a setting of its own: set it beside this one");
    }
    if (!region.isNone()) {
      fixed.put(Region.PROPERTY, region.name());
    }
    fixed.putAll(facts);
    told = with(load);
  }

  /** As this node and all others see it: made anew only when it is told anew. */
  Map<String, Object> told() {
    return told;
  }

  private Map<String, Object> with(NodeLoad load) {
    Map<String, Object> all = new LinkedHashMap<>(fixed);
    all.putAll(load.toProperties());
    return Collections.unmodifiableMap(all);
  }

  /** Measures from now on; {@code changed} runs when others should be told. */
  void open(Runnable changed) {
    env.execute(() -> measure(changed));
  }

  private void measure(Runnable changed) {
    if (closed) {
      return;
    }
    NodeLoad now = NodeLoad.measured();
    if (now.differsMuchFrom(load)) {
      load = now;
      told = with(now);
      changed.run();
    }
    env.schedule(period, () -> measure(changed));
  }

  @Override
  public void close() {
    closed = true;
  }
}
