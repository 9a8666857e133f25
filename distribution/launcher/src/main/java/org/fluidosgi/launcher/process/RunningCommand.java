package org.fluidosgi.launcher.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A command that was sent to a node.
 * Threads: any; state guarded by this. Limits: {@value #LINES_MAX} lines of output are kept, later ones are counted only. */
public final class RunningCommand {
  /** Most lines of output kept of one command. */
  public static final int LINES_MAX = 100_000;

  /** A line of output with the moment it was read, on the clock of {@link System#nanoTime()}. */
  public record Line(long nanos, String text) {}

  private final String process;
  private final String id;
  private final String command;
  private final List<Line> lines = new ArrayList<>();
  private long dropped;
  private boolean ended;
  private long endNanos;
  private Optional<String> error = Optional.empty();

  RunningCommand(String process, String id, String command) {
    this.process = process;
    this.id = id;
    this.command = command;
  }

  synchronized void output(String text) {
    if (lines.size() < LINES_MAX) {
      lines.add(new Line(System.nanoTime(), text));
    } else {
      dropped++;
    }
    notifyAll();
  }

  synchronized void end(Optional<String> failure) {
    if (!ended) {
      ended = true;
      endNanos = System.nanoTime();
      error = failure;
      notifyAll();
    }
  }

  /** Under which it runs in its process. */
  String id() {
    return id;
  }

  /** The command's text. */
  public String command() {
    return command;
  }

  /** Output so far. */
  public synchronized List<Line> lines() {
    return List.copyOf(lines);
  }

  /** Lines beyond the limit. */
  public synchronized long dropped() {
    return dropped;
  }

  /** Whether the command has ended, well or not. */
  public synchronized boolean ended() {
    return ended;
  }

  /** When it ended, on the clock of {@link System#nanoTime()}; meaningless before. */
  public synchronized long endNanos() {
    return endNanos;
  }

  /** Why it failed; empty while it runs and after it ended well. */
  public synchronized Optional<String> error() {
    return error;
  }

  /** Waits for the end and gives the output. Errors: the command failed, or is not done by then. */
  public synchronized List<String> await(Duration most) throws ProcessException {
    if (!awaitEnd(most)) {
      throw new ProcessException(process + ": '" + command + "' did not end within "
          + most.toMillis() + " ms; its output so far: " + texts());
    }
    if (error.isPresent()) {
      throw new ProcessException(process + ": '" + command + "' failed: " + error.get());
    }
    return texts();
  }

  /** Waits until the command has ended; false when it has not by then. */
  public synchronized boolean awaitEnd(Duration most) throws ProcessException {
    long until = System.nanoTime() + most.toNanos();
    while (!ended) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      pause(left);
    }
    return true;
  }

  /** Waits for that many lines of output or the end; false when neither has come by then. */
  public synchronized boolean awaitLines(int count, Duration most) throws ProcessException {
    long until = System.nanoTime() + most.toNanos();
    while (!ended && lines.size() < count) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      pause(left);
    }
    return lines.size() >= count;
  }

  private void pause(long millis) throws ProcessException {
    try {
      wait(millis); // callers hold the monitor and test their condition again
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessException(process + ": interrupted while waiting for '" + command + "'", e);
    }
  }

  private List<String> texts() {
    return lines.stream().map(Line::text).toList();
  }
}
