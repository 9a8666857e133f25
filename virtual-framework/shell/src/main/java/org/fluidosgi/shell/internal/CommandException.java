package org.fluidosgi.shell.internal;

import java.util.LinkedHashMap;
import java.util.Map;

/** A command failed; the message is one line for people.
 * Shape: without a stack trace and a cause, since shells print them; the log has both at DEBUG. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, Object> document;

  public CommandException(String message) {
    this(message, Map.of());
  }

  /** Shape: what was done nevertheless, as fields of a document. */
  CommandException(String message, Map<String, Object> document) {
    super(message, null, false, false);
    this.document = new LinkedHashMap<>(document);
  }

  Map<String, Object> document() {
    return document;
  }
}
