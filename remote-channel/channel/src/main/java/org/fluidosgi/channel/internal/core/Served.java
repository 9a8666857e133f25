package org.fluidosgi.channel.internal.core;

import org.fluidosgi.channel.StreamHandler;

/** An endpoint of this node while it is registered. */
final class Served {
  private final String endpoint;
  private final StreamHandler handler;
  private volatile boolean withdrawn;

  Served(String endpoint, StreamHandler handler) {
    this.endpoint = endpoint;
    this.handler = handler;
  }

  String endpoint() {
    return endpoint;
  }

  StreamHandler handler() {
    return handler;
  }

  boolean isWithdrawn() {
    return withdrawn;
  }

  void withdraw() {
    withdrawn = true;
  }
}
