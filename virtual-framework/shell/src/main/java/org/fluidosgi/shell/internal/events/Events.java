package org.fluidosgi.shell.internal.events;

import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.shell.internal.CommandException;
import org.fluidosgi.shell.internal.Failure;
import org.fluidosgi.shell.internal.Options;
import org.fluidosgi.shell.internal.Source;
import org.fluidosgi.shell.internal.json.Json;
import org.jspecify.annotations.Nullable;

/** The command that follows what happens in the group.
 * Shape: ends after the time or the count that was asked for, when its thread is interrupted, when the session's variable
 * {@value #INPUT_ENDED} says so, when nobody takes its output, or when this bundle stops. Threads: the caller's prints; see {@link GroupListening}. */
public final class Events implements Registration {
  public static final String[] NAMES = {"events"};

  /** A BooleanSupplier that a console may set: whether the input that commands come from is at its end. */
  static final String INPUT_ENDED = ".input.ended";

  private static final long LOOK_MILLIS = 100;

  private final Source source;
  private final Set<EventQueue> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  public Events(Source source) {
    this.source = source;
  }

  @Descriptor("follows what happens in the group until it is interrupted (Ctrl-C)")
  public void events(
      CommandSession session,
      @Descriptor("one JSON document a line")
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor("ends after so many seconds") @Parameter(names = "--for", absentValue = "0")
          double seconds,
      @Descriptor("ends after so many events") @Parameter(names = "--count", absentValue = "0")
          int count,
      @Descriptor("only these kinds, parted by commas: bundle, service, framework, node")
          @Parameter(names = "--kind", absentValue = "")
          String kinds,
      @Descriptor(
              "only what matches: a quoted LDAP filter on what an event tells and a service's properties, or a part of a name")
          String... filters) {
    String filter = String.join(" ", filters);
    PrintStream out = System.out; // Gogo's: that of the session, or of the pipe behind
    try {
      Options.refuse("events", filters);
      if (filters.length > 1) {
        throw new IllegalArgumentException("one filter or part of a name at a time");
      }
      if (!(seconds >= 0 && seconds <= Integer.MAX_VALUE) || count < 0) {
        throw new IllegalArgumentException("--for and --count take numbers above 0");
      }
      Until until = new Until(
          seconds, count, session.get(INPUT_ENDED) instanceof BooleanSupplier ended ? ended : null);
      follow(Wanted.of(kinds, filter), until, json, out);
    } catch (RuntimeException e) {
      String line = e instanceof CommandException
          ? String.valueOf(e.getMessage())
          : Failure.line("events", filter, e);
      if (json) {
        out.println(Json.line(Map.of("error", line)));
      }
      throw new CommandException(line);
    }
  }

  private void follow(Wanted wanted, Until until, boolean json, PrintStream out) {
    VirtualFramework group = source
        .framework()
        .orElseThrow(() -> new CommandException("events: " + Source.NO_FRAMEWORK));
    RegistryStore store =
        source.store().orElseThrow(() -> new CommandException("events: " + Source.NO_REGISTRY));
    Membership membership = source
        .membership()
        .orElseThrow(() -> new CommandException("events: " + Source.NO_REGISTRY));
    EventQueue queue = new EventQueue();
    running.add(queue);
    try (GroupListening listening =
        GroupListening.open(Clock.systemUTC(), wanted, queue, group, store, membership)) {
      if (closed) {
        queue.close();
      }
      if (!listening.awaitComplete(Source.ANSWER_SECONDS_MAX)) {
        throw new IllegalStateException(
            "the registry did not answer within " + Source.ANSWER_SECONDS_MAX + " s");
      }
      print(wanted.following(json), out);
      print(queue, group, until, json, out);
    } catch (InterruptedException e) {
      out.flush(); // that is how a person ends it: the session's thread goes on
    } finally {
      running.remove(queue);
    }
  }

  private void print(
      EventQueue queue, VirtualFramework group, Until until, boolean json, PrintStream out)
      throws InterruptedException {
    int printed = 0;
    while (!queue.closed() && !until.reached(printed) && !out.checkError()) {
      GroupEvent event = queue.take(until.millis(LOOK_MILLIS));
      if (event != null) {
        print(json ? Json.line(event.document()) : event.text(), out);
        printed++;
        tellDropped(queue.dropped(), json, out);
      } else if (!queue.closed() && source.framework().filter(group::equals).isEmpty()) {
        throw new CommandException("events: the virtual framework of this node has stopped");
      }
    }
    tellDropped(queue.dropped(), json, out);
  }

  private static void print(String line, PrintStream out) {
    out.println(Failure.printable(line));
  }

  private static void tellDropped(long dropped, boolean json, PrintStream out) {
    if (dropped > 0) {
      print(
          json
              ? Json.line(Map.of("dropped", dropped))
              : dropped + " events dropped: they come faster than they are taken",
          out);
    }
  }

  /** Ends all that run. */
  @Override
  public void close() {
    closed = true;
    running.forEach(EventQueue::close);
  }

  /** How long it goes on. */
  private static final class Until {
    private final long begin = System.nanoTime();
    private final long nanosMax;
    private final int countMax;
    private final @Nullable BooleanSupplier inputEnded;

    /** Shape: 0 is without end; the end of the input only counts for what has no other. */
    Until(double seconds, int countMax, @Nullable BooleanSupplier inputEnded) {
      this.nanosMax = seconds == 0 ? Long.MAX_VALUE : (long) (seconds * 1e9);
      this.countMax = countMax;
      this.inputEnded = seconds == 0 && countMax == 0 ? inputEnded : null;
    }

    boolean reached(int printed) {
      return countMax > 0 && printed >= countMax
          || System.nanoTime() - begin >= nanosMax
          || inputEnded != null && inputEnded.getAsBoolean();
    }

    /** How long to wait for the next event. */
    long millis(long most) {
      long left = TimeUnit.NANOSECONDS.toMillis(nanosMax - (System.nanoTime() - begin));
      return Math.max(1, Math.min(most, left));
    }
  }
}
