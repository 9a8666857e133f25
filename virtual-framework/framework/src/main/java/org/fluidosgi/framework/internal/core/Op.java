package org.fluidosgi.framework.internal.core;

import java.util.Optional;

/** Operations of endpoint {@code framework}. Source: protocol-framework, section 2. */
public enum Op {
  /** Gives the asking node its ordinal. */
  ORDINAL(1),
  /** Tells what is installed under a location. */
  LOOKUP(2),
  /** Announces content that will follow on this stream. */
  BEGIN(3),
  /** A piece of it. */
  CHUNK(4),
  /** It is complete: check it, then install or update. */
  COMMIT(5),
  START(6),
  STOP(7),
  UNINSTALL(8),
  HEADERS(9),
  /** Reads a piece of content by its SHA-256. */
  FETCH(10),
  /** Tells which services a bundle uses. */
  USES(11),
  /** Resolves a bundle, if it can be. */
  RESOLVE(12),
  /** Tells which virtual bundles of the node use a service. */
  USERS(13);

  private final byte code;

  Op(int code) {
    this.code = (byte) code;
  }

  /** Its byte on the wire. */
  public byte code() {
    return code;
  }

  /** The operation of that byte. */
  public static Optional<Op> of(byte code) {
    for (Op op : values()) {
      if (op.code == code) {
        return Optional.of(op);
      }
    }
    return Optional.empty();
  }
}
