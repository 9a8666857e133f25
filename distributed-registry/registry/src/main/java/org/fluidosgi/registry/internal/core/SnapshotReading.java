package org.fluidosgi.registry.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jspecify.annotations.Nullable;

/** Reads other owners' records from them, chunk by chunk, a few owners at a time, with pauses after failures.
 * Invariant: of one owner at most one request is on its way; an answer to any other is dropped. Threads: the node's task
 * queue. Source: protocol-registry. */
final class SnapshotReading {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  /** Time for one chunk of a snapshot. */
  static final Duration CHUNK_TIMEOUT = Duration.ofSeconds(5);

  /** Most snapshots that are read at the same time; the others wait. */
  static final int READS_MAX = 8;

  /** Attempts to read a snapshot before waiting for the owner's next digest. */
  static final int ATTEMPTS_MAX = 8;

  /** Pause before the second attempt; doubles up to {@link #PAUSE_MAX}. */
  static final Duration PAUSE_FIRST = Duration.ofMillis(250);

  static final Duration PAUSE_MAX = Duration.ofSeconds(5);

  /** Readings of one owner's records that begin within {@link #READINGS_SPAN}. */
  static final int READINGS_MAX = 20;

  static final Duration READINGS_SPAN = Duration.ofSeconds(10);

  /** What the reading needs to know of the rest. */
  interface Host {
    /** The engine in force. */
    @Nullable
    ClusterEngine engine();

    /** Whether that state is still the one of its owner. */
    boolean knows(OwnerState state);

    /** Whether words of that life of the owner count; a later life voids the earlier one. */
    boolean admit(OwnerState state, Incarnation life);

    /** Warns, but of one matter once. */
    void warnOnce(String about, String text, @Nullable Throwable cause);
  }

  private final String node;
  private final Incarnation incarnation;
  private final Env env;
  private final Host host;
  private final Allowance readings = new Allowance(READINGS_MAX, READINGS_SPAN);
  private final Deque<OwnerState> waiting = new ArrayDeque<>();
  private int reads;
  private long tokens;

  SnapshotReading(String node, Incarnation incarnation, Env env, Host host) {
    this.node = node;
    this.incarnation = incarnation;
    this.env = env;
    this.host = host;
  }

  void clear() {
    waiting.clear();
  }

  /** Number of snapshots that are being read. */
  int running() {
    return reads;
  }

  /** Number of owners whose snapshot waits to be read. */
  int waiting() {
    return waiting.size();
  }

  /** Reads the owner's records, now or when fewer are read. */
  void read(OwnerState state) {
    OwnerState.Reader reader = state.reader;
    if (reader.running || reader.queued || reader.resting) {
      return;
    }
    reader.endPause();
    if (!readings.take(state.owner, env.nanoTime())) {
      rest(state);
      return;
    }
    if (reads >= READS_MAX) {
      reader.queued = true;
      waiting.add(state);
      return;
    }
    reads++;
    reader.running = true;
    reader.restart();
    if (reader.attempt == 0) {
      reader.progress.begin(env.nanoTime());
    }
    ask(state);
  }

  private void rest(OwnerState state) {
    host.warnOnce(
        "rest " + state.owner,
        "the records of " + state.owner + " had to be read " + READINGS_MAX + " times within "
            + READINGS_SPAN.toSeconds()
            + " s and are read less often: does it flood, or does the network lose much?",
        null);
    state.reader.resting = true;
    long nanos = Math.max(1, readings.nanosToNext(state.owner));
    state.reader.pause = env.schedule(Duration.ofNanos(nanos), () -> {
      state.reader.resting = false;
      if (host.knows(state)) {
        read(state);
      }
    });
  }

  private void ask(OwnerState state) {
    ClusterEngine engine = host.engine();
    if (engine == null) {
      return;
    }
    OwnerState.Reader reader = state.reader;
    long token = ++tokens;
    reader.token = token;
    byte[] request = MessageCodec.encode(
        new RegistryMessage.SnapshotRequest(incarnation, reader.seq, reader.received));
    CompletionStage<byte[]> answer;
    try {
      answer = engine.request(state.owner, request, CHUNK_TIMEOUT);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    answer.whenComplete((bytes, failure) -> env.execute(() -> {
      if (host.engine() == engine && host.knows(state) && reader.token == token) {
        try {
          if (failure != null) {
            retry(state, failure);
          } else {
            took(state, bytes);
          }
        } catch (IllegalArgumentException | UnknownMessageException e) {
          retry(state, e);
        }
      }
    }));
  }

  private void took(OwnerState state, byte[] bytes) throws UnknownMessageException {
    if (!(MessageCodec.decode(bytes) instanceof RegistryMessage.SnapshotChunk chunk)) {
      throw new IllegalArgumentException("the answer is no snapshot");
    }
    OwnerState.Reader reader = state.reader;
    Incarnation known = state.incarnation();
    if (!host.admit(state, chunk.incarnation())) {
      throw new IllegalArgumentException("the snapshot is of an earlier life of " + state.owner);
    }
    if (!chunk.incarnation().equals(known)) {
      if (!reader
          .running) { // admitting the new life ended the reading: this chunk may begin it again
        reads++;
        reader.running = true;
      }
      if (chunk.offset() != 0) {
        throw new IllegalArgumentException(state.owner + " began a new life");
      }
      reader.restart();
    }
    collect(reader, state, chunk);
    String word = reader.progress.step(env.nanoTime(), state.owner, reader.received, reader.total);
    if (!word.isEmpty()) {
      LOG.log(Level.INFO, node + ": " + word);
    }
    if (reader.received < reader.total) {
      ask(state);
      return;
    }
    boolean complete = state.replace(reader.seq, Map.copyOf(reader.got));
    LOG.log(
        Level.DEBUG,
        node + ": read " + reader.total + " records of " + state.owner + " at its write "
            + reader.seq);
    if (complete) {
      reader.attempt = 0;
      end(state);
    } else {
      retry(state, new IllegalStateException("writes after the snapshot are missing"));
    }
  }

  private static void collect(
      OwnerState.Reader reader, OwnerState state, RegistryMessage.SnapshotChunk chunk) {
    if (chunk.seq() == RegistryMessage.SnapshotChunk.GONE) {
      throw new IllegalArgumentException("the snapshot is no longer kept");
    }
    boolean first = reader.seq == RegistryMessage.SnapshotRequest.NEWEST;
    if (chunk.offset() != reader.received
        || chunk.offset() + chunk.records().size() > chunk.total()
        || (chunk.records().isEmpty() && chunk.offset() < chunk.total())
        || (!first && (chunk.seq() != reader.seq || chunk.total() != reader.total))) {
      throw new IllegalArgumentException("the snapshot's parts do not fit together");
    }
    reader.seq = chunk.seq();
    reader.total = chunk.total();
    reader.received += chunk.records().size();
    for (byte[] record : chunk.records()) {
      StoredRecord stored = state.decode(record);
      reader.got.put(stored.record().id(), stored);
    }
  }

  private void retry(OwnerState state, Throwable why) {
    int attempt = ++state.reader.attempt;
    end(state);
    if (attempt >= ATTEMPTS_MAX) {
      host.warnOnce(
          "reading " + state.owner,
          "cannot read the records of " + state.owner + " and tries again with each of its digests",
          why);
      return;
    }
    LOG.log(Level.DEBUG, node + ": reading the records of " + state.owner + " failed", why);
    long pause = Math.min(PAUSE_MAX.toMillis(), PAUSE_FIRST.toMillis() << (attempt - 1));
    state.reader.pause = env.schedule(Duration.ofMillis(pause), () -> {
      if (host.knows(state)) {
        read(state);
      }
    });
  }

  /** That owner is no member any more. */
  void forget(OwnerState state) {
    end(state);
    readings.forget(state.owner);
  }

  /** Ends the reading that is going on, if one is. */
  void end(OwnerState state) {
    OwnerState.Reader reader = state.reader;
    reader.token = 0;
    reader.restart();
    reader.endPause();
    if (reader.queued) {
      reader.queued = false;
      waiting.remove(state);
    }
    if (reader.running) {
      reader.running = false;
      reads--;
      OwnerState next = waiting.poll();
      if (next != null) {
        next.reader.queued = false;
        read(next);
      }
    }
  }
}
