package org.fluidosgi.jgroups.internal.core;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.fluidosgi.channel.ConnectFailedException;
import org.fluidosgi.channel.ConnectFailedException.Reason;
import org.jspecify.annotations.Nullable;

/** Reads what futures fail with. */
final class Failures {
  private Failures() {}

  /** What a failed connection attempt says about the node that was there; SILENT when it says nothing. */
  static Reason reason(@Nullable Throwable failure) {
    return failure != null && unwrap(failure) instanceof ConnectFailedException failed
        ? failed.reason()
        : Reason.SILENT;
  }

  /** The failure without the wrappers that futures put around it. */
  static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    return (failure instanceof CompletionException || failure instanceof ExecutionException)
            && cause != null
        ? unwrap(cause)
        : failure;
  }
}
