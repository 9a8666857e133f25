package org.fluidosgi.channel.internal.core;

import org.jspecify.annotations.Nullable;

/** Receives what comes over a link. Threads: the link's loop. */
public interface LinkHandler extends FrameReader.Sink {
  /** The peer sent bytes that are no frames; the handler closes the link. */
  void malformed(ProtocolException failure);

  /** The link is closed, by whichever side; called once. */
  void linkClosed(@Nullable Throwable failure);
}
