package org.fluidosgi.framework.internal.group;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.framework.internal.core.NodeLoad;

/** What this node tells of itself: what the administrator says, facts, and how busy it is.
 * Threads: any reads; the node's task queue measures, from the opening to the closing. */
final class NodeProperties implements Registration {
  private static final String LABELS = "fluid.node.properties";
  private static final int LOAD_MILLIS = 10_000;

  private final Map<String, Object> fixed = new LinkedHashMap<>();
  private final Duration period;
  private final Env env;
  private volatile NodeLoad told = NodeLoad.measured();
  private volatile boolean closed;

  /** Errors: IllegalArgumentException naming a setting that is wrong. */
  NodeProperties(Settings settings, Env env, Map<String, Object> facts) {
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
    fixed.putAll(facts);
  }

  /** As of now. */
  Map<String, Object> now() {
    return with(NodeLoad.measured());
  }

  /** As others are told. */
  Map<String, Object> told() {
    return with(told);
  }

  private Map<String, Object> with(NodeLoad load) {
    Map<String, Object> all = new LinkedHashMap<>(fixed);
    all.putAll(load.toProperties());
    return all;
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
    if (now.differsMuchFrom(told)) {
      told = now;
      changed.run();
    }
    env.schedule(period, () -> measure(changed));
  }

  @Override
  public void close() {
    closed = true;
  }
}
