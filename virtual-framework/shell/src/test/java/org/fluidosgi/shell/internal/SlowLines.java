package org.fluidosgi.shell.internal;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Lines that a command prints; can be told to take no more for a while.
 * Threads: any; guarded by itself. */
final class SlowLines extends OutputStream {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final List<String> lines = new ArrayList<>();
  private boolean hold;
  private boolean held;

  @Override
  public synchronized void write(int b) {
    while (hold) {
      held = true;
      notifyAll();
      pause();
    }
    if (b == '\n') {
      lines.add(line.toString(StandardCharsets.UTF_8));
      line.reset();
      notifyAll();
    } else {
      line.write(b);
    }
  }

  synchronized void hold() {
    hold = true;
  }

  synchronized void awaitHeld() {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (!held) {
      check(until, "somebody who writes");
      pause();
    }
  }

  synchronized void release() {
    hold = false;
    notifyAll();
  }

  /** The line of that number, from 0 on. */
  synchronized String await(int number) {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (lines.size() <= number) {
      check(until, "line " + number);
      pause();
    }
    return lines.get(number);
  }

  private void check(long until, String what) {
    if (System.nanoTime() > until) {
      throw new AssertionError("no " + what + " came: " + lines);
    }
  }

  private void pause() {
    try {
      wait(100); // callers test their condition again
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
