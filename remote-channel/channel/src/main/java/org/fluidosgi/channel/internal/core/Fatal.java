package org.fluidosgi.channel.internal.core;

/** Tells what a handler may throw without harm from what must end the thread's work.
 * Checked exceptions count as harmless too: other languages on the JVM throw them undeclared. */
final class Fatal {
  private Fatal() {}

  /** Throws it on when the JVM itself is in trouble. */
  static void rethrow(Throwable failure) {
    if (failure instanceof VirtualMachineError fatal && !(failure instanceof StackOverflowError)) {
      throw fatal;
    }
  }
}
