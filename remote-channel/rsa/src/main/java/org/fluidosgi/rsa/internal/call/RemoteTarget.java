package org.fluidosgi.rsa.internal.call;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.rsa.FluidChannel;
import org.jspecify.annotations.Nullable;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** Where the calls of one endpoint go, read from its description.
 * Shape: {@code timeoutMillis} 0 = the node's default. Threads: immutable. */
public record RemoteTarget(
    EndpointDescription endpoint,
    UUID id,
    NodeId node,
    long incarnation,
    Optional<NodeAddress> address,
    long timeoutMillis) {
  /** Longest timeout: a day. */
  public static final long TIMEOUT_MILLIS_MAX = 86_400_000;

  private static final String URN = "urn:uuid:";

  /** Errors: IllegalArgumentException naming the property that is missing or wrong. */
  public static RemoteTarget of(EndpointDescription endpoint) {
    Map<String, Object> properties = endpoint.getProperties();
    String id = endpoint.getId();
    if (!id.toLowerCase(Locale.ROOT).startsWith(URN)) {
      throw new IllegalArgumentException("endpoint.id '" + id + "' is none of "
          + FluidChannel.CONFIG_TYPE + ": expected " + URN + "...");
    }
    Object node = properties.get(FluidChannel.NODE);
    if (!(node instanceof String nodeText)) {
      throw new IllegalArgumentException("endpoint " + id + " has no " + FluidChannel.NODE
          + ": it was not exported by this provider");
    }
    Object address = properties.get(FluidChannel.ADDRESS);
    return new RemoteTarget(
        endpoint,
        UUID.fromString(id.substring(URN.length())),
        NodeId.parse(nodeText),
        number(properties.get(FluidChannel.INCARNATION), FluidChannel.INCARNATION),
        address instanceof String text ? Optional.of(NodeAddress.parse(text)) : Optional.empty(),
        timeout(properties.get(FluidChannel.TIMEOUT)));
  }

  private static long number(@Nullable Object value, String key) {
    if (value instanceof Number number) {
      return number.longValue();
    }
    if (value instanceof String text) {
      return Long.parseLong(text.trim());
    }
    throw new IllegalArgumentException(key + "=" + value + ": expected a whole number");
  }

  private static long timeout(@Nullable Object value) {
    if (value == null) {
      return 0;
    }
    long millis = number(value, FluidChannel.TIMEOUT);
    if (millis < 0 || millis > TIMEOUT_MILLIS_MAX) {
      throw new IllegalArgumentException(FluidChannel.TIMEOUT + "=" + value + ": expected 0.."
          + TIMEOUT_MILLIS_MAX + " milliseconds");
    }
    return millis;
  }

  /** The service as people know it: its interfaces. */
  public String service() {
    return String.join(", ", endpoint.getInterfaces());
  }
}
