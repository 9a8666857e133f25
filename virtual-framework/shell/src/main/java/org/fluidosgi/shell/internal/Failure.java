package org.fluidosgi.shell.internal;

import java.util.stream.Collectors;

/** Text that a person reads: one line of an exception, nothing that a terminal obeys. */
public final class Failure {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.shell");

  private Failure() {}

  /** Shape: {@code command value: message}, or the message alone where it begins so by itself. The rest is logged. */
  public static String line(String command, String value, Throwable failure) {
    String message = failure.getMessage();
    String first = message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : message.strip().lines().findFirst().orElse("");
    String what = command + (value.isEmpty() ? "" : " " + value);
    LOG.log(System.Logger.Level.DEBUG, "shell: " + what + " failed", failure);
    return printable(first.startsWith(what) ? first : what + ": " + first);
  }

  /** The same of text of several lines. */
  public static String printableLines(String text) {
    return text.lines().map(Failure::printable).collect(Collectors.joining("\n"));
  }

  /** The text without control characters: names come from other nodes and must not steer the terminal. */
  public static String printable(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
