package org.fluidosgi.groupstore.internal.slf4j;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** One logger of the library. Its errors are our warnings, all else is detail: it warns at every heartbeat of a minority, and we
 * say ourselves when a state changes. Threads: any. */
final class SystemLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1L;
  private static final String NAME = "org.fluidosgi.groupstore.raft";
  private final transient System.Logger to = System.getLogger(NAME);

  SystemLogger(String name) {
    this.name = name;
  }

  private static System.Logger.Level level(Level level) {
    return switch (level) {
      case ERROR -> System.Logger.Level.WARNING;
      case WARN, INFO -> System.Logger.Level.DEBUG;
      case DEBUG, TRACE -> System.Logger.Level.TRACE;
    };
  }

  private boolean logs(Level level) {
    return to.isLoggable(level(level));
  }

  @Override
  public boolean isTraceEnabled() {
    return logs(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return logs(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return logs(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return logs(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return logs(Level.ERROR);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String message,
      Object @Nullable [] arguments,
      @Nullable Throwable failure) {
    to.log(
        level(level),
        MessageFormatter.basicArrayFormat(message, arguments == null ? new Object[0] : arguments),
        failure);
  }
}
