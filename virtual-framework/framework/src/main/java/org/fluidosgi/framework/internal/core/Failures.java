package org.fluidosgi.framework.internal.core;

import java.util.concurrent.CompletionException;

/** What made a stage fail. */
public final class Failures {
  private Failures() {}

  /** The failure itself, without what stages wrap around it on its way. */
  public static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
