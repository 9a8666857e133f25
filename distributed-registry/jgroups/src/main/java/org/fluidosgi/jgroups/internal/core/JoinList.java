package org.fluidosgi.jgroups.internal.core;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.Settings;

/** Whom to join.
 * Shape: {@code addresses} are dialled as they are; of {@code names} every address is dialled that the name service gives, asked
 * again and again; {@code multicasts} are groups in which nodes are looked for. */
public record JoinList(
    List<NodeAddress> addresses, List<NodeAddress> names, List<NodeAddress> multicasts) {
  /** Addresses that are dialled, named or not. */
  public static final int ADDRESSES_MAX = 256;

  /** Names that are looked up. */
  static final int NAMES_MAX = 16;

  /** Multicast groups that are searched. */
  static final int MULTICASTS_MAX = 4;

  /** The multicast group if none is given: of a range that stays within an organisation. */
  static final NodeAddress MULTICAST = new NodeAddress("239.192.92.78", 9278);

  private static final String KEY = "fluid.join";
  private static final String BY_NAME = "dns:";
  private static final String BY_MULTICAST = "multicast";

  public JoinList {
    addresses = List.copyOf(addresses);
    names = List.copyOf(names);
    multicasts = List.copyOf(multicasts);
    if (addresses.size() > ADDRESSES_MAX) {
      throw new IllegalArgumentException(
          KEY + " has " + addresses.size() + " addresses, at most " + ADDRESSES_MAX + " are used");
    }
    if (names.size() > NAMES_MAX) {
      throw new IllegalArgumentException(
          KEY + " has " + names.size() + " names to look up, at most " + NAMES_MAX + " are used");
    }
    if (multicasts.size() > MULTICASTS_MAX) {
      throw new IllegalArgumentException(KEY + " has " + multicasts.size()
          + " multicast groups, at most " + MULTICASTS_MAX + " are searched");
    }
  }

  /** The join list of the settings. Errors: IllegalArgumentException naming the entry. */
  public static JoinList read(Settings settings) {
    List<NodeAddress> addresses = new ArrayList<>();
    List<NodeAddress> names = new ArrayList<>();
    List<NodeAddress> multicasts = new ArrayList<>();
    for (String part : settings.text(KEY, "").split(",")) {
      String entry = part.trim();
      try {
        if (entry.equals(BY_MULTICAST)) {
          multicasts.add(MULTICAST);
        } else if (entry.startsWith(BY_MULTICAST + ":")) {
          multicasts.add(multicast(entry.substring(BY_MULTICAST.length() + 1)));
        } else if (entry.startsWith(BY_NAME)) {
          names.add(NodeAddress.parse(entry.substring(BY_NAME.length())));
        } else if (!entry.isEmpty()) {
          addresses.add(NodeAddress.parse(entry));
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(KEY + ": " + e.getMessage(), e);
      }
    }
    return new JoinList(addresses, names, multicasts);
  }

  private static NodeAddress multicast(String text) {
    NodeAddress group = NodeAddress.parse(text);
    String host = group.host();
    try {
      if ((host.matches("[0-9.]+") || host.indexOf(':') >= 0)
          && InetAddress.getByName(host).isMulticastAddress()) {
        return group;
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("'" + text + "': no address", e);
    }
    throw new IllegalArgumentException("'" + text + "' is no multicast group: write multicast, or"
        + " multicast:group:port with a group in 224.0.0.0/4 or [ff00::]/8");
  }

  /** Whether there is nobody to join. */
  public boolean isEmpty() {
    return addresses.isEmpty() && names.isEmpty() && multicasts.isEmpty();
  }
}
