package org.fluidosgi.launcher.internal;

import org.jspecify.annotations.Nullable;

/** A failure whose message is one line for the user: what, value, what to try. */
public final class LauncherException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int WRAPPERS_MAX = 20;

  public LauncherException(String message) {
    super(message);
  }

  public LauncherException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What the failure says, on one line, without the layers that a framework and reflection wrap around it. */
  public static String reason(Throwable failure) {
    Throwable said = failure;
    for (int depth = 0; depth < WRAPPERS_MAX && wraps(said) && said.getCause() != null; depth++) {
      said = said.getCause();
    }
    String message = said.getMessage();
    return line(message == null || message.isBlank() ? said.toString() : message);
  }

  private static boolean wraps(Throwable failure) {
    // By name: one side of the launcher has no OSGi classes.
    String type = failure.getClass().getName();
    return type.equals("org.osgi.framework.BundleException")
        || type.equals("java.lang.reflect.InvocationTargetException");
  }

  /** That text on one line. */
  public static String line(@Nullable String text) {
    return text == null ? "no reason given" : text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
