package org.fluidosgi.rsa.internal.lease;

import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fluidosgi.channel.attributes.Attributes;
import org.jspecify.annotations.Nullable;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** Endpoint descriptions as attribute maps. What cannot be written is left out, with one warning for each node. Threads: any. */
final class EndpointBytes {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");

  private final String node;
  private final AtomicBoolean warned = new AtomicBoolean();

  EndpointBytes(String node) {
    this.node = node;
  }

  /** The bytes, null when the description as a whole is too large. */
  byte @Nullable [] of(EndpointDescription endpoint) {
    try {
      return Attributes.encode(endpoint.getProperties());
    } catch (RuntimeException e) { // a collection may also change while it is written
      return withoutWhatCannotBeWritten(endpoint);
    }
  }

  private byte @Nullable [] withoutWhatCannotBeWritten(EndpointDescription endpoint) {
    Map<String, Object> writable = new LinkedHashMap<>();
    endpoint.getProperties().forEach((key, value) -> {
      try {
        Attributes.encode(Map.of(key, value));
        writable.put(key, value);
      } catch (RuntimeException e) {
        warn("property " + key + " of " + endpoint.getId() + " is not told to peers: "
            + e.getMessage());
      }
    });
    try {
      return Attributes.encode(writable);
    } catch (RuntimeException e) {
      warn(endpoint.getId() + " is not leased to peers: " + e.getMessage());
      return null;
    }
  }

  /** Says it once, the next ones in less important lines. */
  void warn(String text) {
    LOG.log(warned.compareAndSet(false, true) ? Level.WARNING : Level.DEBUG, node + ": " + text);
  }
}
