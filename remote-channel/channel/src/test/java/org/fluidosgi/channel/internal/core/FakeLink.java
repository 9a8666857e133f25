package org.fluidosgi.channel.internal.core;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.channel.Env.Cancellable;

/** A link without a network: the test delivers bytes, and reads what was sent. Everything runs in the test's thread. */
final class FakeLink implements Link {
  private final WriteQueue queue = new WriteQueue();
  private final FrameReader reader = new FrameReader(Limits.HANDSHAKE_FRAME_BYTES_MAX);
  private final List<byte[]> sent = new ArrayList<>();
  private final List<Runnable> timers = new ArrayList<>();
  private LinkHandler handler;
  private boolean closed;

  /** Delivers as the network does: what follows a protocol error is not read. */
  void deliver(byte[] bytes, int chunkBytes) {
    for (int at = 0; at < bytes.length && !closed; at += chunkBytes) {
      try {
        reader.read(
            ByteBuffer.wrap(bytes, at, Math.min(chunkBytes, bytes.length - at)),
            (type, flags, stream, body) -> {
              if (!closed) {
                handler.frame(type, flags, stream, body);
              }
            });
      } catch (ProtocolException e) {
        closed = true;
        handler.malformed(e);
      }
    }
  }

  List<byte[]> sent() {
    return sent;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public WriteQueue queue() {
    return queue;
  }

  @Override
  public void wake() {
    for (OutFrame frame = queue.take(); frame != null; frame = queue.take()) {
      sent.add(frame.bytes());
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    timers.add(task);
    return () -> timers.remove(task);
  }

  @Override
  public void frameBytesMax(int bytes) {
    reader.lengthMax(bytes);
  }

  @Override
  public void handler(LinkHandler newHandler) {
    handler = newHandler;
  }

  @Override
  public String remote() {
    return "fake:1";
  }
}
