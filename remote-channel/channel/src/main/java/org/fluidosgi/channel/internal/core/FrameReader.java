package org.fluidosgi.channel.internal.core;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Cuts a stream of bytes into frames.
 * Invariant: nothing is allocated before a length was checked, each body is copied exactly once. Owner: the link's loop.
 * Source: protocol-channel section 2. */
public final class FrameReader {
  /** Takes one frame; the body belongs to the taker. */
  @FunctionalInterface
  public interface Sink {
    void frame(int type, int flags, int stream, ByteBuffer body);
  }

  private final byte[] header = new byte[Frames.HEADER_BYTES];
  private int headerFill;
  private byte @Nullable [] body;
  private int bodyFill;
  private int lengthMax;

  public FrameReader(int lengthMax) {
    this.lengthMax = lengthMax;
  }

  /** Longest frame, counted as the length field does. */
  public void lengthMax(int bytes) {
    lengthMax = bytes;
  }

  /** Whether a frame has begun and not ended. */
  public boolean inFrame() {
    return headerFill > 0;
  }

  /** Reads all that is there. Errors: ProtocolException; the reader must not be used afterwards. */
  public void read(ByteBuffer in, Sink sink) {
    while (in.hasRemaining()) {
      if (headerFill < Frames.HEADER_BYTES) {
        int count = Math.min(in.remaining(), Frames.HEADER_BYTES - headerFill);
        in.get(header, headerFill, count);
        headerFill += count;
        if (headerFill < Frames.HEADER_BYTES) {
          return;
        }
        body = new byte[checkedBodyBytes()];
        bodyFill = 0;
      }
      byte[] target = body;
      if (target == null) {
        throw new IllegalStateException("a header without a body");
      }
      int count = Math.min(in.remaining(), target.length - bodyFill);
      in.get(target, bodyFill, count);
      bodyFill += count;
      if (bodyFill == target.length) {
        body = null;
        headerFill = 0;
        int stream = Frames.u32(header, 6);
        sink.frame(header[4] & 0xff, header[5] & 0xff, stream, ByteBuffer.wrap(target));
      }
    }
  }

  private int checkedBodyBytes() {
    int length = Frames.u32(header, 0);
    int least = Frames.HEADER_BYTES - Frames.LENGTH_BYTES;
    if (length < least || length > lengthMax) {
      throw new ProtocolException("a frame of " + Integer.toUnsignedString(length)
          + " bytes was announced, allowed are " + least + ".." + lengthMax);
    }
    return length - least;
  }
}
