package org.fluidosgi.launcher.internal.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.fluidosgi.launcher.process.Protocol;

/** Commands read line by line from a pipe.
 * Shape: a plain line runs in order and ends with a line {@code ok} or {@code error: reason}; a line {@code @id command}
 * runs at once in a session of its own and answers in marked lines, see {@link Protocol}; the tagged
 * command {@code !inside <prefix>} tells how many threads run code of classes whose names begin so; {@code exit} or the
 * end of the input ends the console. Limits: {@value #TAGGED_MAX} tagged commands at a time, a further one is refused.
 * Threads: {@link #run} on the caller's; one per tagged command. */
final class LineConsole implements Runnable {
  private static final Logger LOG = Logger.getLogger("org.fluidosgi.launcher");
  private static final int TAGGED_MAX = 64;
  private static final String INSIDE = "!inside ";

  private final Gogo gogo;
  private final InputStream in;
  private final PrintStream out;
  private final Semaphore tagged = new Semaphore(TAGGED_MAX);

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
    try (Gogo.Session session = gogo.open(out);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String command = line.trim();
        if (command.equals("exit")) {
          return;
        }
        if (command.startsWith("@")) {
          startTagged(command.substring(1));
        } else if (!command.isEmpty() && !command.startsWith("#")) {
          runPlain(session, command);
        }
      }
    } catch (IOException | Gogo.CommandException e) {
      LOG.log(Level.WARNING, "the console ended", e);
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
      } else {
        session.execute(command);
      }
      lines.close();
      end = Protocol.ok(id);
    } catch (Gogo.CommandException e) {
      LOG.log(Level.FINE, "command failed: " + command, e);
      end = Protocol.error(id, e.oneLine());
    } finally {
      tagged.release();
      lines.close();
    }
    print(out, end);
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
