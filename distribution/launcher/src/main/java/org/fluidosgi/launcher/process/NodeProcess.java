package org.fluidosgi.launcher.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** A node in a process of its own, started from a command line and driven in line mode through its pipes.
 * Threads: any; one reader thread a process ends with it. Limits: of output that belongs to no command the last
 * {@value #STRAY_LINES_MAX} lines are kept. */
public final class NodeProcess implements AutoCloseable {
  private static final int STRAY_LINES_MAX = 1000;

  private final String name;
  private final Process process;
  private final Path errors;
  private final Map<String, RunningCommand> running = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final Deque<String> stray = new ArrayDeque<>();

  /** Set before the process is told to end: Java then closes its streams under the reader. */
  private volatile boolean ending;

  private NodeProcess(String name, Process process, Path errors) {
    this.name = name;
    this.process = process;
    this.errors = errors;
  }

  /** Starts the command line; its standard error is appended to that file. */
  public static NodeProcess start(String name, List<String> command, Path errors)
      throws ProcessException {
    try {
      Process process = new ProcessBuilder(command)
          .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
          .start();
      NodeProcess node = new NodeProcess(name, process, errors);
      Thread reader = new Thread(node::read, "fluid-process-" + name);
      reader.setDaemon(true);
      reader.start();
      return node;
    } catch (IOException e) {
      throw new ProcessException(name + ": cannot start " + command.get(0), e);
    }
  }

  /** Waits until the node is ready and gives its address. Errors: it ended before, or is not ready by then. */
  public String awaitReady(Duration most) throws ProcessException {
    try {
      return ready.get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ProcessException(
          name + ": not ready within " + most.toMillis() + " ms; see " + errors, e);
    } catch (ExecutionException e) {
      throw new ProcessException(
          name + ": ended before it was ready (" + strayText() + "); see " + errors, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessException(name + ": interrupted", e);
    }
  }

  /** Runs a command and gives its output. Errors: it failed, or is not done by then, or the process ended. */
  public List<String> command(String command, Duration most) throws ProcessException {
    return start(command).await(most);
  }

  /** Stops a command that runs; it ends with the error {@code stopped}. Errors: it has ended already. */
  public void stop(RunningCommand started, Duration most) throws ProcessException {
    command("!stop " + started.id(), most);
  }

  /** Starts a command in a session of its own. */
  public RunningCommand start(String command) throws ProcessException {
    String id = Long.toString(ids.incrementAndGet());
    RunningCommand started = new RunningCommand(name, id, command);
    running.put(id, started);
    try {
      OutputStream input = process.getOutputStream();
      synchronized (input) {
        input.write((Protocol.command(id, command) + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
      }
    } catch (IOException e) {
      running.remove(id);
      throw new ProcessException(name + ": cannot take commands any more, see " + errors, e);
    }
    if (!process.isAlive()) {
      started.end(Optional.of("the process ended"));
    }
    return started;
  }

  /** Name given at the start. */
  public String name() {
    return name;
  }

  /** Process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether the process runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** Ends the process at once, as a crash would (SIGKILL). */
  public void kill() {
    ending = true;
    process.destroyForcibly();
  }

  /** Freezes the process (SIGSTOP): its sockets stay open and silent. */
  public void pause() throws ProcessException {
    signal("STOP");
  }

  /** Lets a frozen process go on (SIGCONT). */
  public void resume() throws ProcessException {
    signal("CONT");
  }

  /** Asks the process to end (SIGTERM); false when it has not by then. */
  public boolean stop(Duration most) throws ProcessException {
    ending = true;
    process.destroy();
    return awaitExit(most);
  }

  /** Waits for the end of the process; false when it has not ended by then. */
  public boolean awaitExit(Duration most) throws ProcessException {
    try {
      return process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessException(name + ": interrupted", e);
    }
  }

  /** Exit code of an ended process. Errors: IllegalThreadStateException while it runs. */
  public int exitCode() {
    return process.exitValue();
  }

  /** Ends the process if it still runs, and waits for that. */
  @Override
  public void close() {
    ending = true;
    process.destroyForcibly();
    process.onExit().join();
  }

  private void signal(String signal) throws ProcessException {
    try {
      Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start();
      if (kill.waitFor() != 0) {
        throw new ProcessException(name + ": kill -" + signal + " " + pid() + " failed");
      }
    } catch (IOException e) {
      throw new ProcessException(name + ": no command kill on this machine", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessException(name + ": interrupted", e);
    }
  }

  private void read() {
    String why = "the process ended";
    try (BufferedReader lines = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        take(line);
      }
    } catch (IOException e) {
      if (!ending) {
        why = "its output broke: " + e.getMessage();
      }
    }
    ready.completeExceptionally(new ProcessException(name + ": " + why));
    Optional<String> failure = Optional.of(why);
    running.values().forEach(command -> command.end(failure));
    running.clear();
  }

  private void take(String text) {
    Protocol.Line line = Protocol.parse(text);
    if (line == null) {
      keepStray(text);
      return;
    }
    if (line.kind() == Protocol.Kind.READY) {
      ready.complete(line.text());
      return;
    }
    RunningCommand command = running.get(line.id());
    if (command == null) {
      return; // not asked for by this program
    }
    switch (line.kind()) {
      case OUT -> command.output(line.text());
      case OK -> end(line.id(), command, Optional.empty());
      case ERROR -> end(line.id(), command, Optional.of(line.text()));
      case READY -> throw new IllegalStateException();
    }
  }

  private void end(String id, RunningCommand command, Optional<String> failure) {
    running.remove(id);
    command.end(failure);
  }

  private void keepStray(String text) {
    synchronized (stray) {
      if (stray.size() == STRAY_LINES_MAX) {
        stray.removeFirst();
      }
      stray.addLast(text);
    }
  }

  private String strayText() {
    synchronized (stray) {
      return stray.isEmpty() ? "no output" : String.join(" / ", stray);
    }
  }
}
