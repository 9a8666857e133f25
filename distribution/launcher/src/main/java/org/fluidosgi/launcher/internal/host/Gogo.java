package org.fluidosgi.launcher.internal.host;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fluidosgi.launcher.internal.LauncherException;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** Gogo's command processor, called by reflection: its classes live in a bundle, this program outside the framework. */
final class Gogo {
  private static final String SERVICE = "org.apache.felix.service.command.CommandProcessor";
  private static final String SESSION = "org.apache.felix.service.command.CommandSession";
  private static final int INSPECT = 0;
  private static final String COMPLETION = "(fluid.completion=true)";
  private static final Pattern MISMATCH = Pattern.compile("Cannot coerce (\\w+)\\(");
  private static final Logger LOG = Logger.getLogger("org.fluidosgi.launcher");

  private final Object processor;
  private final Map<String, Object> variables;
  private final Method createSession;
  private final Method put;
  private final Method execute;
  private final Method format;
  private final Method close;
  private final Method foregroundJob;
  private final BundleContext context;

  private Gogo(
      BundleContext context,
      Object processor,
      Class<?> service,
      Class<?> session,
      Map<String, Object> variables)
      throws NoSuchMethodException {
    this.context = context;
    this.processor = processor;
    this.variables = Map.copyOf(variables);
    createSession = service.getMethod(
        "createSession", InputStream.class, OutputStream.class, OutputStream.class);
    put = session.getMethod("put", String.class, Object.class);
    execute = session.getMethod("execute", CharSequence.class);
    format = session.getMethod("format", Object.class, int.class);
    close = session.getMethod("close");
    foregroundJob = session.getMethod("foregroundJob");
  }

  /** Finds the processor; its sessions will have those variables. */
  static Gogo find(BundleContext context, Map<String, Object> variables) throws LauncherException {
    ServiceReference<?> reference = context.getServiceReference(SERVICE);
    Object processor = reference == null ? null : context.getService(reference);
    if (reference == null || processor == null) {
      throw new LauncherException("no Gogo runtime among the bundles: use --daemon");
    }
    try {
      return new Gogo(
          context,
          processor,
          reference.getBundle().loadClass(SERVICE),
          reference.getBundle().loadClass(SESSION),
          variables);
    } catch (ReflectiveOperationException e) {
      throw new LauncherException("this Gogo runtime is not understood: use --daemon", e);
    }
  }

  /** What may come after those words of a command, the last of which is typed so far; each with what it is. */
  @SuppressWarnings("unchecked")
  Map<String, String> completions(List<String> words) {
    try {
      for (ServiceReference<Function> each :
          context.getServiceReferences(Function.class, COMPLETION)) {
        Function<List<String>, Map<String, String>> completion = context.getService(each);
        if (completion != null) {
          return completion.apply(words);
        }
      }
    } catch (InvalidSyntaxException | IllegalStateException e) {
      LOG.log(Level.FINE, "nothing to offer at the prompt", e);
    }
    return Map.of();
  }

  /** Opens a session that writes there, with some variables more. */
  Session open(PrintStream out, Map<String, Object> more) throws CommandException {
    Session session = open(out);
    for (Map.Entry<String, Object> variable : more.entrySet()) {
      call(put, session.session, variable.getKey(), variable.getValue());
    }
    return session;
  }

  /** Opens a session that writes there. */
  Session open(PrintStream out) throws CommandException {
    Object session = call(createSession, processor, InputStream.nullInputStream(), out, out);
    if (session == null) {
      throw new CommandException("Gogo gave no session");
    }
    for (Map.Entry<String, Object> variable : variables.entrySet()) {
      call(put, session, variable.getKey(), variable.getValue());
    }
    return new Session(session, out);
  }

  /** Gogo names the Java types of a command that was given other arguments than it takes: nothing for people. */
  private static String message(Throwable cause) {
    String message = cause.getMessage();
    if (message == null || message.isBlank()) {
      return cause.toString();
    }
    Matcher mismatch = MISMATCH.matcher(message);
    return mismatch.lookingAt()
        ? mismatch.group(1) + ": these are not its arguments: help " + mismatch.group(1)
            + " shows them"
        : message;
  }

  private static @Nullable Object call(Method method, Object target, @Nullable Object... arguments)
      throws CommandException {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof InterruptedException) {
        throw new CommandException("stopped", cause);
      }
      throw new CommandException(message(cause), cause);
    } catch (IllegalAccessException e) {
      throw new CommandException(e.toString(), e);
    }
  }

  /** A command failed; the message is the reason. */
  static final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    CommandException(String message) {
      super(message);
    }

    CommandException(String message, Throwable cause) {
      super(message, cause);
    }

    String oneLine() {
      return LauncherException.line(getMessage());
    }
  }

  /** One Gogo session. Threads: one at a time. */
  final class Session implements AutoCloseable {
    private final Object session;
    private final PrintStream out;

    private Session(Object session, PrintStream out) {
      this.session = session;
      this.out = out;
    }

    /** Runs the line and prints its result as Gogo's own shell would. */
    void execute(String line) throws CommandException {
      Object result = call(Gogo.this.execute, session, line);
      if (result != null) {
        Object text = call(format, session, result, INSPECT);
        if (text != null && !text.toString().isEmpty()) {
          out.println(text.toString().stripTrailing());
        }
      }
      out.flush();
    }

    /** Stops the command that runs in the foreground, if one does; it fails then. Threads: any. */
    void interrupt() {
      try {
        Object job = call(foregroundJob, session);
        if (job != null) {
          call(foregroundJob.getReturnType().getMethod("interrupt"), job);
        }
      } catch (CommandException | NoSuchMethodException e) {
        LOG.log(Level.FINE, "the command does not stop", e);
      }
    }

    @Override
    public void close() throws CommandException {
      call(close, session);
    }
  }
}
