package org.fluidosgi.framework.internal.core;

import java.util.Locale;
import java.util.UUID;

/** A change of a virtual bundle of this node, on file from before its first step until it is over.
 * Shape: {@code asked} is the version of the question in the group store when another node asked for it, so that the store decides whether it is
 * done, and 0 when nobody else did; {@code sha256} and {@code size} are those of the content after it. */
public record Change(
    UUID id, Kind kind, long asked, long counter, String location, String sha256, long size) {
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
    return asked != 0;
  }

  @Override
  public String toString() {
    return kind.word() + " " + location;
  }
}
