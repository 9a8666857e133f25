package org.fluidosgi.groupstore.internal.core;

import org.fluidosgi.groupstore.Versioned;

/** What a decided write came to. */
public sealed interface Outcome {
  /** It was done; this is the entry now. */
  record Written(Versioned now) implements Outcome {}

  /** The entry had another version. */
  record Conflict(Versioned found) implements Outcome {}

  /** There is no room. */
  record Refused(String why) implements Outcome {}

  /** This store was given up for that of another group: ask there. */
  record Ended() implements Outcome {}
}
