package org.fluidosgi.launcher.internal.host;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Gogo for a person on a terminal: a prompt with completion and history, a command, its result or its one-line error.
 * JLine reads the line; the rest is our own loop, since Gogo's own shells did not come up on Equinox. Shape: Ctrl-C stops the command that
 * runs, or clears the line; {@code exit} or Ctrl-D ends the console, and with it the node. */
final class PromptConsole implements Runnable {
  private static final Logger LOG = Logger.getLogger("org.fluidosgi.launcher");

  private final Gogo gogo;
  private final PrintStream out;
  private final String name;
  private final Path history;

  PromptConsole(Gogo gogo, PrintStream out, String name, Path history) {
    this.gogo = gogo;
    this.out = out;
    this.name = name;
    this.history = history;
  }

  @Override
  public void run() {
    try (Terminal terminal = terminal();
        Gogo.Session session = gogo.open(out)) {
      terminal.handle(Terminal.Signal.INT, signal -> session.interrupt());
      talk(reader(terminal), session);
    } catch (IOException | Gogo.CommandException e) {
      LOG.log(Level.WARNING, "the console ended", e);
    }
  }

  /** Driven by stty: without native code, which newer Javas warn of. */
  private static Terminal terminal() throws IOException {
    Terminal terminal =
        TerminalBuilder.builder().name("fluid").system(true).provider("exec").build();
    if (terminal.getSize().getColumns() == 0) { // nobody told it: nothing would be shown
      terminal.setSize(new Size(80, 24));
    }
    return terminal;
  }

  private LineReader reader(Terminal terminal) {
    DefaultParser parser = new DefaultParser();
    parser.setEscapeChars(new char[0]); // Gogo reads the line as it was typed
    return LineReaderBuilder.builder()
        .terminal(terminal)
        .parser(parser)
        .completer(new GogoCompleter(gogo))
        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
        .variable(LineReader.HISTORY_FILE, history)
        .build();
  }

  private void talk(LineReader reader, Gogo.Session session) {
    out.println(
        "Type 'help' for the commands, Tab for what may come next, 'exit' to stop the node.");
    out.flush();
    while (true) {
      try {
        String command = reader.readLine(name + "> ").trim();
        if (command.equals("exit") || command.equals("quit")) {
          return;
        }
        if (!command.isEmpty()) {
          run(session, command);
        }
      } catch (UserInterruptException e) {
        LOG.log(Level.FINEST, "the line was given up", e);
      } catch (EndOfFileException e) {
        LOG.log(Level.FINEST, "the end of the input", e);
        return;
      }
    }
  }

  private void run(Gogo.Session session, String command) {
    try {
      session.execute(command);
    } catch (Gogo.CommandException e) {
      boolean stopped = e.getCause() instanceof InterruptedException;
      out.println(stopped ? "" : "error: " + e.oneLine()); // the terminal has shown ^C
    }
    out.flush();
  }
}
