package org.fluidosgi.rsa.spi;

import org.jspecify.annotations.Nullable;

/** A value is not allowed on the wire, or bytes from it are not well formed.
 * Shape: the message is one line naming the type or limit, the interface and the remedy. */
public class CodecException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CodecException(String message) {
    this(message, null);
  }

  public CodecException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
