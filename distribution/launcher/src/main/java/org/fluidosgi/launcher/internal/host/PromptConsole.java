package org.fluidosgi.launcher.internal.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Gogo for a person on a terminal: a prompt, a command, its result or its one-line error.
 * Our own loop, since Gogo's own shells did not come up on Equinox. Shape: {@code exit} or the end of the input ends it,
 * and with it the node. */
final class PromptConsole implements Runnable {
  private static final Logger LOG = Logger.getLogger("org.fluidosgi.launcher");

  private final Gogo gogo;
  private final InputStream in;
  private final PrintStream out;
  private final String name;

  PromptConsole(Gogo gogo, InputStream in, PrintStream out, String name) {
    this.gogo = gogo;
    this.in = in;
    this.out = out;
    this.name = name;
  }

  @Override
  public void run() {
    out.println("Type 'help' for the commands, 'exit' to stop the node.");
    try (Gogo.Session session = gogo.open(out);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, Charset.defaultCharset()))) {
      for (String line = ask(lines); line != null; line = ask(lines)) {
        String command = line.trim();
        if (command.equals("exit") || command.equals("quit")) {
          return;
        }
        if (!command.isEmpty()) {
          run(session, command);
        }
      }
      out.println();
    } catch (IOException | Gogo.CommandException e) {
      LOG.log(Level.WARNING, "the console ended", e);
    }
  }

  private @Nullable String ask(BufferedReader lines) throws IOException {
    out.print(name + "> ");
    out.flush();
    return lines.readLine();
  }

  private void run(Gogo.Session session, String command) {
    try {
      session.execute(command);
    } catch (Gogo.CommandException e) {
      out.println("error: " + e.oneLine());
    }
  }
}
