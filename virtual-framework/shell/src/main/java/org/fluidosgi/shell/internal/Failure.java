package org.fluidosgi.shell.internal;

/** Turns an exception into the one line that a person reads. */
final class Failure {
  private Failure() {}

  /** Shape: {@code command value: message}. */
  static String line(String command, String value, Throwable failure) {
    String message = failure.getMessage();
    String first = message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : message.strip().lines().findFirst().orElse("");
    return command + (value.isEmpty() ? "" : " " + value) + ": " + first;
  }
}
