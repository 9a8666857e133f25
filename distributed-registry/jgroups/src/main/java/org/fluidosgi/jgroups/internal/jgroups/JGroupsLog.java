package org.fluidosgi.jgroups.internal.jgroups;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jgroups.logging.CustomLogFactory;
import org.jgroups.logging.Log;
import org.jspecify.annotations.Nullable;

/** JGroups' log messages on the system logger {@code org.fluidosgi.jgroups.engine}, without the noise: what JGroups warns of (suspects, retries,
 * packets from non-members) is part of normal life here and comes as DEBUG, its errors come as WARNING,
 * each at most once a minute: a peer that sends nonsense must not fill the disk.
 * Threads: any. */
final class JGroupsLog implements Log {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups.engine");

  /** Texts whose time of last warning is kept; when there are more, all are forgotten. */
  static final int TEXTS_MAX = 256;

  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String source;
  private final Map<String, Long> warned = new ConcurrentHashMap<>();

  private JGroupsLog(String source) {
    this.source = source;
  }

  /** For JGroups' log factory. */
  static CustomLogFactory factory() {
    return new CustomLogFactory() {
      @Override
      public Log getLog(Class<?> source) {
        return new JGroupsLog(source.getSimpleName());
      }

      @Override
      public Log getLog(String category) {
        return new JGroupsLog(category);
      }
    };
  }

  private void log(Level level, Supplier<String> message, @Nullable Throwable thrown) {
    if (LOG.isLoggable(level)) {
      LOG.log(level, source + ": " + message.get(), thrown);
    }
  }

  private Level levelOfError(String text) {
    long now = System.nanoTime();
    Long last = warned.get(text);
    if (last != null && now - last < QUIET_NANOS) {
      return Level.DEBUG;
    }
    if (warned.size() >= TEXTS_MAX) {
      warned.clear();
    }
    warned.put(text, now);
    return Level.WARNING;
  }

  private void log(Level level, String format, Object... arguments) {
    log(level, () -> format(format, arguments), null);
  }

  private static String format(String format, Object... arguments) {
    try {
      return String.format(format, arguments);
    } catch (java.util.IllegalFormatException e) {
      return format;
    }
  }

  @Override
  public boolean isFatalEnabled() {
    return true;
  }

  @Override
  public boolean isErrorEnabled() {
    return LOG.isLoggable(Level.WARNING);
  }

  @Override
  public boolean isWarnEnabled() {
    return LOG.isLoggable(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return LOG.isLoggable(Level.DEBUG);
  }

  @Override
  public boolean isDebugEnabled() {
    return LOG.isLoggable(Level.DEBUG);
  }

  @Override
  public boolean isTraceEnabled() {
    return LOG.isLoggable(Level.TRACE);
  }

  @Override
  public void fatal(String message) {
    log(Level.ERROR, () -> message, null);
  }

  @Override
  public void fatal(String format, Object... arguments) {
    log(Level.ERROR, format, arguments);
  }

  @Override
  public void fatal(String message, Throwable thrown) {
    log(Level.ERROR, () -> message, thrown);
  }

  @Override
  public void error(String message) {
    log(levelOfError(message), () -> message, null);
  }

  @Override
  public void error(String format, Object... arguments) {
    log(levelOfError(format), format, arguments);
  }

  @Override
  public void error(String message, Throwable thrown) {
    log(levelOfError(message), () -> message, thrown);
  }

  @Override
  public void warn(String message) {
    log(Level.DEBUG, () -> message, null);
  }

  @Override
  public void warn(String format, Object... arguments) {
    log(Level.DEBUG, format, arguments);
  }

  @Override
  public void warn(String message, Throwable thrown) {
    log(Level.DEBUG, () -> message, thrown);
  }

  @Override
  public void info(String message) {
    log(Level.DEBUG, () -> message, null);
  }

  @Override
  public void info(String format, Object... arguments) {
    log(Level.DEBUG, format, arguments);
  }

  @Override
  public void debug(String message) {
    log(Level.DEBUG, () -> message, null);
  }

  @Override
  public void debug(String format, Object... arguments) {
    log(Level.DEBUG, format, arguments);
  }

  @Override
  public void debug(String message, Throwable thrown) {
    log(Level.DEBUG, () -> message, thrown);
  }

  @Override
  public void trace(Object object) {
    log(Level.TRACE, () -> String.valueOf(object), null);
  }

  @Override
  public void trace(String message) {
    log(Level.TRACE, () -> message, null);
  }

  @Override
  public void trace(String format, Object... arguments) {
    log(Level.TRACE, format, arguments);
  }

  @Override
  public void trace(String message, Throwable thrown) {
    log(Level.TRACE, () -> message, thrown);
  }

  /** The level is the logging configuration's business. */
  @Override
  public void setLevel(String level) {}

  @Override
  public String getLevel() {
    return isTraceEnabled() ? "trace" : isDebugEnabled() ? "debug" : "error";
  }
}
