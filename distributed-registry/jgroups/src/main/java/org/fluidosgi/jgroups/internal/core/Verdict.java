package org.fluidosgi.jgroups.internal.core;

import java.net.ConnectException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What a failed connection attempt says about the node that was there. */
enum Verdict {
  /** The host answered and nobody listens: the process is gone. */
  REFUSED,
  /** Somebody answered and does not want us: wrong token, wrong version. */
  REJECTED,
  /** No answer in time, or anything else: nothing is known. */
  SILENT;

  private static final int CAUSES_MAX = 16;

  static Verdict of(@Nullable Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
      // Netty's connect timeout is a ConnectException too, but means silence.
      if (cause instanceof ConnectException) {
        return cause.getClass().getSimpleName().contains("Timeout") || isTimeout(cause)
            ? SILENT
            : REFUSED;
      }
      if (isRejection(cause)) {
        return REJECTED;
      }
      cause = cause.getCause();
    }
    return SILENT;
  }

  private static boolean isTimeout(Throwable cause) {
    return message(cause).contains("timed out");
  }

  private static boolean isRejection(Throwable cause) {
    String message = message(cause);
    return message.contains("token")
        || message.contains("protocol version")
        || message.contains("same release")
        || message.contains("used by both sides");
  }

  private static String message(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? "" : message.toLowerCase(Locale.ROOT);
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
