package org.fluidosgi.jgroups.internal.core;

import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.Settings;

/** Whom to join.
 * Shape: {@code addresses} are dialled as they are; of {@code names} every address is dialled that the name service gives, asked
 * again and again. */
public record JoinList(List<NodeAddress> addresses, List<NodeAddress> names) {
  /** Addresses that are dialled, named or not. */
  public static final int ADDRESSES_MAX = 256;

  /** Names that are looked up. */
  static final int NAMES_MAX = 16;

  private static final String KEY = "fluid.join";
  private static final String BY_NAME = "dns:";

  public JoinList {
    addresses = List.copyOf(addresses);
    names = List.copyOf(names);
    if (addresses.size() > ADDRESSES_MAX) {
      throw new IllegalArgumentException(
          KEY + " has " + addresses.size() + " addresses, at most " + ADDRESSES_MAX + " are used");
    }
    if (names.size() > NAMES_MAX) {
      throw new IllegalArgumentException(
          KEY + " has " + names.size() + " names to look up, at most " + NAMES_MAX + " are used");
    }
  }

  /** The join list of the settings. Errors: IllegalArgumentException naming the entry. */
  public static JoinList read(Settings settings) {
    List<NodeAddress> addresses = new ArrayList<>();
    List<NodeAddress> names = new ArrayList<>();
    for (String part : settings.text(KEY, "").split(",")) {
      String entry = part.trim();
      if (entry.isEmpty()) {
        continue;
      }
      boolean named = entry.startsWith(BY_NAME);
      try {
        (named ? names : addresses)
            .add(NodeAddress.parse(named ? entry.substring(BY_NAME.length()) : entry));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(KEY + ": " + e.getMessage(), e);
      }
    }
    return new JoinList(addresses, names);
  }

  /** Whether there is nobody to join. */
  public boolean isEmpty() {
    return addresses.isEmpty() && names.isEmpty();
  }
}
