package org.fluidosgi.launcher.internal.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.fluidosgi.launcher.process.Protocol;

/** Commands read line by line from a pipe.
 * Shape: a plain line runs in order and ends with a line {@code ok} or {@code error: reason}; a line {@code @id command}
 * runs at once in a session of its own and answers in marked lines, see {@link Protocol}; the tagged
 * command {@code !inside <prefix>} tells how many threads run code of classes whose names begin so, {@code !stop <id>} stops another tagged
 * one; {@code exit} or the end of the input ends the console when the plain lines before it are done. Limits: {@value #TAGGED_MAX} tagged
 * commands at a time, a further one is refused; {@value #PLAIN_MAX} plain ones wait, then no more is read.
 * Threads: {@link #run} on the caller's, which reads; one for the plain lines; one per tagged command. */
final class LineConsole implements Runnable {
  private static final Logger LOG = Logger.getLogger("org.fluidosgi.launcher");
  private static final int TAGGED_MAX = 64;
  private static final int PLAIN_MAX = 1_000;
  private static final String INSIDE = "!inside ";
  private static final String STOP = "!stop ";
  private static final String INPUT_ENDED = ".input.ended";
  private static final String END = "";

  private final Gogo gogo;
  private final InputStream in;
  private final PrintStream out;
  private final Semaphore tagged = new Semaphore(TAGGED_MAX);
  private final Map<String, Thread> running = new ConcurrentHashMap<>();
  private final BlockingQueue<String> plain = new ArrayBlockingQueue<>(PLAIN_MAX);
  private volatile boolean ended;

  LineConsole(Gogo gogo, InputStream in, PrintStream out) {
    this.gogo = gogo;
    this.in = in;
    this.out = out;
  }

  /** Tells a program on the other side of the pipe that commands may come. */
  static void ready(PrintStream out, String address) {
    print(out, Protocol.ready(address));
  }

  @Override
  public void run() {
    Thread worker = new Thread(this::runPlain, "fluid-launcher-plain");
    worker.setDaemon(true);
    worker.start();
    try {
      read();
      plain.put(END);
      worker.join();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the console ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() throws IOException, InterruptedException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String command = line.trim();
        if (command.equals("exit")) {
          return;
        }
        if (command.startsWith("@")) {
          startTagged(command.substring(1));
        } else if (!command.isEmpty() && !command.startsWith("#")) {
          plain.put(command);
        }
      }
    } finally {
      ended = true;
    }
  }

  private void runPlain() {
    BooleanSupplier inputEnded = () -> ended;
    try (Gogo.Session session = gogo.open(out, Map.of(INPUT_ENDED, inputEnded))) {
      for (String command = plain.take(); !command.equals(END); command = plain.take()) {
        runPlain(session, command);
      }
    } catch (Gogo.CommandException e) {
      LOG.log(Level.WARNING, "the console ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void runPlain(Gogo.Session session, String command) {
    try {
      session.execute(command);
      print(out, "ok");
    } catch (Gogo.CommandException e) {
      print(out, "error: " + e.oneLine());
    }
  }

  private void startTagged(String text) {
    int blank = text.indexOf(' ');
    String id = blank < 0 ? text : text.substring(0, blank);
    String command = blank < 0 ? "" : text.substring(blank + 1).trim();
    if (!tagged.tryAcquire()) {
      print(
          out,
          Protocol.error(id, TAGGED_MAX + " commands run already: wait for one of them to end"));
      return;
    }
    Thread thread = new Thread(() -> runTagged(id, command), "fluid-launcher-command-" + id);
    thread.setDaemon(true);
    running.put(id, thread);
    thread.start();
  }

  private void runTagged(String id, String command) {
    String end;
    PrintStream lines = new PrintStream(
        new LineStream(line -> print(out, Protocol.output(id, line))),
        true,
        StandardCharsets.UTF_8);
    try (Gogo.Session session = gogo.open(lines)) {
      if (command.startsWith(INSIDE)) {
        lines.println(threadsInside(command.substring(INSIDE.length()).trim()));
      } else if (command.startsWith(STOP)) {
        stop(command.substring(STOP.length()).trim());
      } else {
        session.execute(command);
      }
      lines.close();
      end = Protocol.ok(id);
    } catch (Gogo.CommandException e) {
      LOG.log(Level.FINE, "command failed: " + command, e);
      end = Protocol.error(id, e.oneLine());
    } finally {
      running.remove(id, Thread.currentThread());
      tagged.release();
      lines.close();
    }
    print(out, end);
  }

  /** Its session is closed when its thread leaves it, which ends what still runs there. */
  private void stop(String id) throws Gogo.CommandException {
    Thread thread = running.get(id);
    if (thread == null) {
      throw new Gogo.CommandException("no command " + id + " runs");
    }
    thread.interrupt();
  }

  private static long threadsInside(String prefix) {
    return Thread.getAllStackTraces().values().stream()
        .filter(stack ->
            Arrays.stream(stack).anyMatch(frame -> frame.getClassName().startsWith(prefix)))
        .count();
  }

  private static void print(PrintStream out, String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }
}
