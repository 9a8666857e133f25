package org.fluidosgi.channel.internal.core;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.channel.StreamHandler;
import org.jspecify.annotations.Nullable;

/** The endpoints that this node serves, by name. Threads: any. */
final class Endpoints {
  private final Map<String, Served> byName = new ConcurrentHashMap<>();

  /** Errors: IllegalStateException when the name is taken. */
  Served add(String endpoint, StreamHandler handler) {
    check(endpoint);
    Served served = new Served(endpoint, handler);
    if (byName.putIfAbsent(endpoint, served) != null) {
      throw new IllegalStateException("endpoint " + endpoint + " is served already");
    }
    return served;
  }

  boolean remove(Served served) {
    served.withdraw();
    return byName.remove(served.endpoint(), served);
  }

  @Nullable
  Served find(String endpoint) {
    return byName.get(endpoint);
  }

  /** Errors: IllegalArgumentException unless 1..64 characters of {@code [a-z0-9.-]}. */
  static void check(String endpoint) {
    boolean fine = !endpoint.isEmpty() && endpoint.length() <= Limits.ENDPOINT_CHARS_MAX;
    for (int i = 0; fine && i < endpoint.length(); i++) {
      char c = endpoint.charAt(i);
      fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    }
    if (!fine) {
      throw new IllegalArgumentException("'" + endpoint + "' is no endpoint name: use 1.."
          + Limits.ENDPOINT_CHARS_MAX + " characters of a-z 0-9 . -");
    }
  }
}
