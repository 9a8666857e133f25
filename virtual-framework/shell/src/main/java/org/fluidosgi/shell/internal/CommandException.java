package org.fluidosgi.shell.internal;

/** A command failed; the message is one line for people.
 * Shape: without a stack trace and a cause, since shells print them; the log has both at DEBUG. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandException(String message) {
    super(message, null, false, false);
  }
}
