package org.fluidosgi.registry.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;
import org.jspecify.annotations.Nullable;

/** Takes what a store tells at the store's pace and tells a sink at the sink's: changes of a record that the sink has not taken yet become one.
 * Invariant: once the sink was told all that waits, it knows what the store last told here; {@code before} of a change is what the sink was told last. What waits is one note per
 * record and life: a removal of what the sink knows, or a change to what is there now; so no more than the sink knows and the store shows. What is being told was taken out as a
 * whole and is told to its end, so no record starves.
 * Order: a record that changes moves to the end, so what is left stays in the order of its owner's writes; all waits until the snapshot is whole, its mark comes after all that waits then.
 * State: guarded by {@code this}; not held when calling the sink or the executor. Source: protocol-registry section 8. */
final class ChangeStream implements Sink, Registration {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  /** Time in one round of calls after which a subscriber is warned of. */
  static final Duration LAG_MAX = Duration.ofSeconds(30);

  private record Key(RecordId id, Incarnation life) {}

  /** From what the sink was told last to what is there now; null = nothing. */
  private record Change(
      @Nullable RegistryRecord before, @Nullable RegistryRecord now) {}

  private final String about;
  private final LongSupplier nanoTime;
  private final Sink sink;
  private final Executor executor;
  private final BooleanSupplier over;
  private @Nullable Registration upstream;
  private Map<Key, Change> waiting = new LinkedHashMap<>();
  private @Nullable Long mark;
  private boolean whole;
  private boolean telling;
  private long tellingSince;
  private boolean lagWarned;
  private boolean failureWarned;
  private volatile boolean closed;

  /** Shape: {@code about} begins log lines; nothing is told any more when {@code over} says so. */
  ChangeStream(
      String about, LongSupplier nanoTime, Sink sink, Executor executor, BooleanSupplier over) {
    this.about = about;
    this.nanoTime = nanoTime;
    this.sink = sink;
    this.executor = executor;
    this.over = over;
  }

  /** What this is told by, closed with it. */
  ChangeStream from(Registration registration) {
    boolean late;
    synchronized (this) {
      upstream = registration;
      late = closed;
    }
    if (late) {
      registration.close();
    }
    return this;
  }

  /** Number of notes that wait. */
  synchronized int waiting() {
    return waiting.size();
  }

  @Override
  public void added(RegistryRecord record) {
    note(null, record);
  }

  @Override
  public void modified(RegistryRecord record, RegistryRecord before) {
    if (before.incarnation().equals(record.incarnation())) {
      note(before, record);
    } else {
      note(before, null);
      note(null, record);
    }
  }

  @Override
  public void removed(RegistryRecord record) {
    note(record, null);
  }

  @Override
  public void complete(long epoch) {
    synchronized (this) {
      whole = true;
      mark = epoch;
      if (!begins()) {
        return;
      }
    }
    submit();
  }

  private void note(@Nullable RegistryRecord before, @Nullable RegistryRecord now) {
    String lag;
    synchronized (this) {
      if (closed) {
        return;
      }
      merge(before, now);
      lag = lag();
      if (!begins()) {
        warn(lag);
        return;
      }
    }
    submit();
  }

  private void merge(@Nullable RegistryRecord before, @Nullable RegistryRecord now) {
    RegistryRecord either = now != null ? now : before;
    if (either == null) {
      return;
    }
    Key key = new Key(either.id(), either.incarnation());
    Change earlier = waiting.remove(key);
    RegistryRecord told = earlier == null ? before : earlier.before;
    boolean nothing = told == null && now == null;
    boolean backAgain = earlier != null && earlier.now == null && sameWrite(told, now);
    if (!nothing && !backAgain) {
      waiting.put(key, new Change(told, now));
    }
  }

  /** Its owner was away and came back. */
  private static boolean sameWrite(@Nullable RegistryRecord one, @Nullable RegistryRecord other) {
    return one != null && other != null && one.seq() == other.seq() && one.scope() == other.scope();
  }

  private boolean begins() {
    if (closed || !whole || telling || (waiting.isEmpty() && mark == null)) {
      return false;
    }
    telling = true;
    tellingSince = nanoTime.getAsLong();
    return true;
  }

  private String lag() {
    if (!telling || lagWarned || nanoTime.getAsLong() - tellingSince < LAG_MAX.toNanos()) {
      return "";
    }
    lagWarned = true;
    return about + " has not taken a round of changes in " + LAG_MAX.toSeconds() + " s; changes of "
        + waiting.size() + " records wait, of each only the last state";
  }

  private static void warn(String text) {
    if (!text.isEmpty()) {
      LOG.log(Level.WARNING, text);
    }
  }

  private void submit() {
    try {
      executor.execute(this::tell);
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.log(Level.WARNING, about + " is told nothing more: its executor refuses tasks", e);
      }
      close();
    }
  }

  private void tell() {
    List<Change> round;
    Long toMark;
    synchronized (this) {
      round = new ArrayList<>(waiting.values());
      waiting = new LinkedHashMap<>();
      toMark = mark;
      mark = null;
    }
    for (Change change : round) {
      call(() -> tell(change));
    }
    if (toMark != null) {
      long epoch = toMark;
      call(() -> sink.complete(epoch));
    }
    synchronized (this) {
      telling = false;
      if (!begins()) {
        return;
      }
    }
    submit();
  }

  private void tell(Change change) {
    RegistryRecord before = change.before;
    RegistryRecord now = change.now;
    if (before == null && now != null) {
      sink.added(now);
    } else if (before != null && now != null) {
      sink.modified(now, before);
    } else if (before != null) {
      sink.removed(before);
    }
  }

  private void call(Runnable event) {
    if (closed || over.getAsBoolean()) {
      return;
    }
    try {
      event.run();
    } catch (RuntimeException | Error e) {
      Level level = failureWarned ? Level.DEBUG : Level.WARNING;
      failureWarned = true;
      LOG.log(
          level,
          about + " failed; it is told of later changes, further failures are logged at DEBUG",
          e);
    }
  }

  /** From now on no call begins, and nothing waits. */
  @Override
  public void close() {
    Registration toClose;
    synchronized (this) {
      closed = true;
      waiting = new LinkedHashMap<>();
      mark = null;
      toClose = upstream;
    }
    if (toClose != null) {
      toClose.close();
    }
  }
}
