package org.fluidosgi.channel;

import org.jspecify.annotations.Nullable;

/** No channel could be had.
 * Shape: why, in a form that a program can act on; the message says it to people. The effect is always none. */
public final class ConnectFailedException extends ChannelException {
  private static final long serialVersionUID = 1L;

  /** What the failed attempt says about the other side. */
  public enum Reason {
    /** The host answered and nobody listens there: no such process. */
    REFUSED,
    /** A node answered and does not want us, now or ever: wrong token, other protocol version, same identity. */
    REJECTED,
    /** The address leads back to this very node. */
    SELF,
    /** No answer in time, or one that says nothing: nothing is known. */
    SILENT
  }

  private final Reason reason;

  public ConnectFailedException(Reason reason, String message, @Nullable Throwable cause) {
    super(Scope.CHANNEL, Effect.NONE, message, cause);
    this.reason = reason;
  }

  /** What is known of the other side. */
  public Reason reason() {
    return reason;
  }
}
