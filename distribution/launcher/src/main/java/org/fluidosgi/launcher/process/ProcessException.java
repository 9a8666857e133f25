package org.fluidosgi.launcher.process;

/** A node process did not do what it was asked to; the message is one line: process, what, why. */
public final class ProcessException extends Exception {
  private static final long serialVersionUID = 1L;

  public ProcessException(String message) {
    super(message);
  }

  public ProcessException(String message, Throwable cause) {
    super(message, cause);
  }
}
