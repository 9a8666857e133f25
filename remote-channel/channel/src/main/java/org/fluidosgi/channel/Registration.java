package org.fluidosgi.channel;

/** Handle whose closing takes something back: an endpoint, a listener, a subscription.
 * Threads: any; {@link #close} is idempotent and throws nothing. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
  @Override
  void close();
}
