package org.fluidosgi.channel.internal.core;

/** A peer sent what the protocol forbids; its connection is closed, nothing else.
 * Shape: one line that names value and limit. */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }
}
