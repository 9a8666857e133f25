package org.fluidosgi.jgroups.internal.jgroups;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the module warns of while this is open. */
final class Warnings extends Handler implements AutoCloseable {
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Logger logger = Logger.getLogger("org.fluidosgi.jgroups");

  Warnings() {
    logger.addHandler(this);
  }

  /** Warnings that hold this text. */
  List<String> with(String text) {
    return said.stream().filter(line -> line.contains(text)).toList();
  }

  @Override
  public void publish(LogRecord log) {
    if (log.getLevel().intValue() >= Level.WARNING.intValue()) {
      Object[] parameters = log.getParameters();
      said.add(
          parameters == null
              ? log.getMessage()
              : MessageFormat.format(log.getMessage(), parameters));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
