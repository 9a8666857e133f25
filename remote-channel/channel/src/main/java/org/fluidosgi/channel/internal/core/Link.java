package org.fluidosgi.channel.internal.core;

import java.time.Duration;
import java.util.concurrent.Executor;
import org.fluidosgi.channel.Env.Cancellable;

/** One connection of the network as the protocol sees it: a queue of frames and a loop.
 * Threads: any. The loop runs everything of one link in order, {@link LinkHandler} included. */
public interface Link extends Executor {
  /** Frames to be written; after an addition call {@link #wake}. */
  WriteQueue queue();

  /** Has the loop write what is queued: many frames, one flush. */
  void wake();

  /** Writes what is queued, at most for {@link Limits#LINGER_MILLIS}, and closes; idempotent. */
  void close();

  boolean inLoop();

  Cancellable schedule(Duration delay, Runnable task);

  /** From now on frames up to that length are read. Threads: loop. */
  void frameBytesMax(int bytes);

  /** Hands what comes to that handler from now on. Threads: loop. */
  void handler(LinkHandler handler);

  /** Address at the other end, for messages. */
  String remote();

  /** Adds a frame and wakes the loop; false when the queue is full. */
  default boolean offer(OutFrame frame, long bytesMax) {
    if (!queue().add(frame, bytesMax)) {
      return false;
    }
    wake();
    return true;
  }
}
