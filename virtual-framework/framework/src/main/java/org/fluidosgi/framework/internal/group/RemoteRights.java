package org.fluidosgi.framework.internal.group;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Settings;
import org.osgi.framework.BundleException;

/** Which other nodes may install, start, stop, update and uninstall bundles on this one: settings {@code fluid.remote.install} and so on, each {@code all},
 * {@code none}, or ids and names of nodes with commas between. Who a node is rests on the group token until there are certificates:
 * whoever has that can say any name. Threads: immutable. */
public final class RemoteRights {
  /** What may be allowed. */
  public enum Right {
    INSTALL,
    START,
    STOP,
    UPDATE,
    UNINSTALL;

    /** The setting's key. */
    String key() {
      return "fluid.remote." + word();
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String ALL = "all";
  private static final String NONE = "none";

  private final String node;
  private final Map<Right, Set<String>> allowed = new EnumMap<>(Right.class);

  /** Errors: IllegalArgumentException naming key and value. */
  public RemoteRights(String node, Settings settings) {
    this.node = node;
    for (Right right : Right.values()) {
      allowed.put(right, names(right.key(), settings.text(right.key(), ALL)));
    }
  }

  private static Set<String> names(String key, String value) {
    Set<String> names =
        Arrays.stream(value.split(",", -1)).map(String::trim).collect(Collectors.toSet());
    if (names.contains("") || names.size() > 1 && (names.contains(ALL) || names.contains(NONE))) {
      throw new IllegalArgumentException(key + "=" + value
          + ": expected all, none, or ids and names of nodes with commas between");
    }
    return names;
  }

  /** Errors: BundleException of type SECURITY_ERROR, naming both nodes and the setting. */
  public void check(Right right, NodeInfo caller) throws BundleException {
    Set<String> names = allowed.get(right);
    if (names == null
        || !names.contains(ALL)
            && (names.contains(NONE)
                || !names.contains(caller.name()) && !names.contains(caller.id().toString()))) {
      throw new BundleException(
          caller.name() + " (" + caller.id() + ") may not " + right.word() + " bundles on " + node
              + ", where " + right.key() + " is "
              + (names == null ? NONE : String.join(",", names))
              + ": do it there, or have it allowed",
          BundleException.SECURITY_ERROR);
    }
  }
}
