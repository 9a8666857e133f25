package org.fluidosgi.launcher.internal;

import org.jspecify.annotations.Nullable;

/** A failure whose message is one line for the user: what, value, what to try. */
public final class LauncherException extends Exception {
  private static final long serialVersionUID = 1L;

  public LauncherException(String message) {
    super(message);
  }

  public LauncherException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The message of the innermost cause that has one, on one line: frameworks wrap the reason in several layers. */
  public static String reason(Throwable failure) {
    String message = failure.toString();
    int depth = 0;
    for (Throwable t = failure; t != null && depth < 20; t = t.getCause(), depth++) {
      if (t.getMessage() != null && !t.getMessage().isBlank()) {
        message = t.getMessage();
      }
    }
    return line(message);
  }

  /** That text on one line. */
  public static String line(@Nullable String text) {
    return text == null ? "no reason given" : text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
