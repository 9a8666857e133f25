package org.fluidosgi.launcher.internal.host;

import java.io.Console;

/** Whether a person sits in front of this process. */
final class Terminal {
  private Terminal() {}

  /** True when standard input and output are a terminal. From Java 22 on a console exists without one and must be asked. */
  static boolean attached() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true; // before Java 22 there is a console only on a terminal
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
