package org.fluidosgi.launcher;

import org.fluidosgi.launcher.internal.cli.FluidVerb;

/** Entry of the command {@code fluid}.
 * Errors: exit 2 with one line for bad arguments, exit 1 with one line for anything else that fails. */
public final class Main {
  private Main() {}

  /** Runs one verb and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(FluidVerb.run(arguments));
  }
}
