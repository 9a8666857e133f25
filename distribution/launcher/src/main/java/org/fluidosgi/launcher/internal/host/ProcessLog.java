package org.fluidosgi.launcher.internal.host;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.fluidosgi.launcher.internal.LauncherException;

/** Where java.util.logging goes: everything from INFO on to a file, WARNING and up also to standard error.
 * Shape: one line a record; stack traces only in the file, which begins anew at {@value #FILE_BYTES_MAX} bytes. */
final class ProcessLog {
  /** Worth keeping, but somebody has been told in another way already. */
  static final Level FILE_ONLY = new FileOnly();

  private static final int FILE_BYTES_MAX = 32 << 20;

  private ProcessLog() {}

  static void install(Path file, boolean verbose, PrintStream console) throws LauncherException {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.INFO);
    try {
      FileHandler handler =
          new FileHandler(file.toString().replace("%", "%%"), FILE_BYTES_MAX, 1, true);
      handler.setEncoding("UTF-8");
      handler.setFormatter(new OneLine(true));
      handler.setLevel(Level.ALL);
      root.addHandler(handler);
    } catch (IOException e) {
      throw new LauncherException("cannot write the log " + file + ": give a writable --data", e);
    }
    Handler screen = new StreamLines(console);
    screen.setFormatter(new OneLine(false));
    screen.setLevel(verbose ? Level.INFO : Level.WARNING);
    screen.setFilter(entry -> entry.getLevel() != FILE_ONLY);
    root.addHandler(screen);
  }

  private static final class FileOnly extends Level {
    private static final long serialVersionUID = 1L;

    FileOnly() {
      super("DETAIL", Level.WARNING.intValue() + 1);
    }
  }

  private static final class StreamLines extends Handler {
    private final PrintStream stream;

    StreamLines(PrintStream stream) {
      this.stream = stream;
    }

    @Override
    public void publish(LogRecord entry) {
      if (isLoggable(entry)) {
        stream.print(getFormatter().format(entry));
        stream.flush();
      }
    }

    @Override
    public void flush() {
      stream.flush();
    }

    @Override
    public void close() {
      stream.flush();
    }
  }

  private static final class OneLine extends Formatter {
    private final boolean stacks;

    OneLine(boolean stacks) {
      this.stacks = stacks;
    }

    @Override
    public String format(LogRecord entry) {
      StringBuilder line = new StringBuilder()
          .append(Instant.ofEpochMilli(entry.getMillis()).truncatedTo(ChronoUnit.MILLIS))
          .append(' ')
          .append(entry.getLevel().getName())
          .append(' ')
          .append(entry.getLoggerName())
          .append(": ")
          .append(LauncherException.line(formatMessage(entry)));
      Throwable thrown = entry.getThrown();
      if (thrown != null && !stacks) {
        line.append(" (").append(LauncherException.reason(thrown)).append(')');
      }
      line.append(System.lineSeparator());
      if (thrown != null && stacks) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        line.append(text);
      }
      return line.toString();
    }
  }
}
