package org.fluidosgi.channel;

import org.jspecify.annotations.Nullable;

/** A peer or the network failed.
 * Shape: what was lost ({@link #scope}) and whether the work may have been done ({@link #effect}). Source: style section 6. */
public class ChannelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is lost. */
  public enum Scope {
    CALL,
    STREAM,
    CHANNEL,
    NODE
  }

  /** Whether the callee did the work: only NONE may be retried blindly. */
  public enum Effect {
    NONE,
    DONE,
    UNKNOWN
  }

  private final Scope scope;
  private final Effect effect;

  public ChannelException(Scope scope, Effect effect, String message) {
    this(scope, effect, message, null);
  }

  public ChannelException(Scope scope, Effect effect, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.scope = scope;
    this.effect = effect;
  }

  /** What is lost. */
  public Scope scope() {
    return scope;
  }

  /** Whether the work may have been done. */
  public Effect effect() {
    return effect;
  }
}
