package org.fluidosgi.groupstore;

/** The entry was not of the expected version; nothing was written. */
public class ConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Versioned found;

  public ConflictException(String key, long expected, Versioned found) {
    super(key + " has version " + found.version() + ", not " + expected
        + ": read it again and retry");
    this.found = found;
  }

  /** What was there. */
  public Versioned found() {
    return found;
  }
}
