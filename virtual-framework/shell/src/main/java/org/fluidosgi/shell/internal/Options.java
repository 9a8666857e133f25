package org.fluidosgi.shell.internal;

/** Options that all commands share. */
public final class Options {
  /** Asks for JSON instead of a table. */
  public static final String JSON = "--json";

  public static final String JSON_HELP = "answers one JSON document";

  private Options() {}

  /** An argument that looks like an option is one that the command does not have. Errors: CommandException naming it. */
  public static void refuse(String command, String... arguments) {
    for (String each : arguments) {
      if (each.startsWith("--")) {
        throw new CommandException(
            command + ": no option '" + each + "': help " + command + " lists those there are");
      }
    }
  }
}
