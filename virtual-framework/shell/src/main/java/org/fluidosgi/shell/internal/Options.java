package org.fluidosgi.shell.internal;

/** Options that all commands share. */
public final class Options {
  /** Asks for JSON instead of a table. */
  public static final String JSON = "--json";

  public static final String JSON_HELP = "answers one JSON document";

  private Options() {}
}
