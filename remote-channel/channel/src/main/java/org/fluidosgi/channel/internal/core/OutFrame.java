package org.fluidosgi.channel.internal.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** An encoded frame on its way into the socket.
 * Invariant: it is either taken for writing or dropped, never both, whoever comes first. That decides the effect of a
 * call whose channel closed. */
public final class OutFrame {
  private static final int QUEUED = 0;
  private static final int TAKEN = 1;
  private static final int DROPPED = 2;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(OutFrame.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final byte[] bytes;

  @SuppressWarnings({"unused", "UnusedVariable"}) // by the handle
  private volatile int state;

  OutFrame(byte[] bytes) {
    this.bytes = bytes;
  }

  public byte[] bytes() {
    return bytes;
  }

  /** Claims the frame for writing; false when it was dropped. */
  public boolean take() {
    return STATE.compareAndSet(this, QUEUED, TAKEN);
  }

  /** Takes the frame back; false when it was written, or is just being. */
  boolean drop() {
    return STATE.compareAndSet(this, QUEUED, DROPPED);
  }
}
