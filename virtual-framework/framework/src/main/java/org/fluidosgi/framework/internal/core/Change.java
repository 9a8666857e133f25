package org.fluidosgi.framework.internal.core;

import java.util.Locale;
import java.util.UUID;
import org.fluidosgi.framework.internal.core.Verdicts.Question;
import org.jspecify.annotations.Nullable;

/** A change of a virtual bundle of this node, on file from before its first step until it is over.
 * Shape: {@code question} is there when another node asked for it, so that the group store decides whether it is done; {@code sha256} and {@code size}
 * are those of the content after it. */
public record Change(
    UUID id,
    Kind kind,
    @Nullable Question question,
    long counter,
    String location,
    String sha256,
    long size) {
  /** What is done. */
  public enum Kind {
    INSTALL,
    UPDATE,
    UNINSTALL;

    /** As steps and messages name it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How far it has come on the bundle's node. */
  public enum Step {
    /** It is on file. */
    BEGUN,
    /** The host has done it. */
    APPLIED,
    /** Whether it is done is in the group store. */
    DECIDED,
    /** It is on file that it is over. */
    ENDED;

    /** As listeners hear of it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether the group store decides about it. */
  public boolean agreed() {
    return question != null;
  }

  @Override
  public String toString() {
    return kind.word() + " " + location;
  }
}
