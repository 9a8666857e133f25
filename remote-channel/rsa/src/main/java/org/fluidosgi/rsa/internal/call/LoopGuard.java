package org.fluidosgi.rsa.internal.call;

/** Knows whether the current thread is a network loop that is running our code, which must not wait then.
 * Threads: any; one mark for each thread. */
public final class LoopGuard {
  private final ThreadLocal<Boolean> onLoop = new ThreadLocal<>();

  /** Runs the task as one that must not wait. */
  void mark(Runnable task) {
    boolean outer = onLoop.get() != null;
    onLoop.set(Boolean.TRUE);
    try {
      task.run();
    } finally {
      if (!outer) {
        onLoop.remove();
      }
    }
  }

  /** Whether waiting here would stop the network. */
  public boolean mustNotWait() {
    return onLoop.get() != null;
  }
}
