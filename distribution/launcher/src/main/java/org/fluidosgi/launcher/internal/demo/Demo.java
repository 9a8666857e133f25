package org.fluidosgi.launcher.internal.demo;

import org.fluidosgi.launcher.internal.Home;
import org.fluidosgi.launcher.internal.LauncherException;

/** Placeholder until the examples land. */
public final class Demo {
  private Demo() {}

  public static int run(Home home, boolean keep) throws LauncherException {
    throw new LauncherException("no demo in " + home.path() + " yet (keep=" + keep + ")");
  }
}
