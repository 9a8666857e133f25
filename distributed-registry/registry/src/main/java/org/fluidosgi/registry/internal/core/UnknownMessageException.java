package org.fluidosgi.registry.internal.core;

/** The message is of a version or kind that this node does not know; it may come from a newer node. */
final class UnknownMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  UnknownMessageException(String message) {
    super(message);
  }
}
