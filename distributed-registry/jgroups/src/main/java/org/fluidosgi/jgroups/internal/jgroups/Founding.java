package org.fluidosgi.jgroups.internal.jgroups;

/** How a member came to its group. The earlier constant comes first in a merge of equal groups. Source: protocol-cluster. */
enum Founding {
  /** It was told to join nobody. */
  FOUNDER,
  /** It was told to join somebody, and at every address nobody was there or refused. */
  UNANSWERED,
  /** It was told to join somebody who answered, or may yet. */
  JOINER;

  /** Lower bits of an engine's number that hold it. */
  static final int BITS = 2;

  static Founding of(long engine) {
    int index = (int) (engine & ((1 << BITS) - 1));
    return index == 0 ? FOUNDER : index == 1 ? UNANSWERED : JOINER;
  }

  /** The engine's number, this in its lower bits. */
  long mark(long engine) {
    return engine << BITS
        | switch (this) {
          case FOUNDER -> 0;
          case UNANSWERED -> 1;
          case JOINER -> 2;
        };
  }
}
