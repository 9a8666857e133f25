package org.fluidosgi.channel.internal.core;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Frames waiting for the socket, bounded by bytes.
 * Threads: any thread adds, the link's loop takes. */
public final class WriteQueue {
  private final ConcurrentLinkedQueue<OutFrame> frames = new ConcurrentLinkedQueue<>();
  private final AtomicLong bytes = new AtomicLong();

  /** Adds unless more than that many bytes would wait; a frame always fits into an empty queue. */
  public boolean add(OutFrame frame, long bytesMax) {
    int length = frame.bytes().length;
    long after = bytes.addAndGet(length);
    if (after > bytesMax && after > length) {
      bytes.addAndGet(-length);
      return false;
    }
    frames.add(frame);
    return true;
  }

  /** The next frame, already claimed for writing; null when the queue is empty. */
  public @Nullable OutFrame take() {
    for (OutFrame frame = frames.poll(); frame != null; frame = frames.poll()) {
      bytes.addAndGet(-frame.bytes().length);
      if (frame.take()) {
        return frame;
      }
    }
    return null;
  }

  public boolean isEmpty() {
    return frames.isEmpty();
  }

  /** Bytes waiting now. */
  public long bytes() {
    return bytes.get();
  }

  /** Drops everything that waits. */
  void clear() {
    for (OutFrame frame = frames.poll(); frame != null; frame = frames.poll()) {
      bytes.addAndGet(-frame.bytes().length);
      frame.drop();
    }
  }
}
