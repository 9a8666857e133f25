package org.fluidosgi.registry.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The messages that a module logs at WARNING or above, or from another level on, while this is open. */
public final class Warnings extends Handler implements AutoCloseable {
  private final Logger logger;
  private final Level least;
  private final List<String> messages = new CopyOnWriteArrayList<>();

  public Warnings(String module) {
    this(module, Level.WARNING);
  }

  public Warnings(String module, Level from) {
    least = from;
    logger = Logger.getLogger(module);
    logger.addHandler(this);
  }

  /** Those so far that contain this text. */
  public List<String> about(String text) {
    return messages.stream().filter(each -> each.contains(text)).toList();
  }

  @Override
  public void publish(LogRecord record) {
    if (record.getLevel().intValue() >= least.intValue()) {
      messages.add(record.getMessage());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
