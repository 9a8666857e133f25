package org.fluidosgi.groupstore.internal.core;

import org.jspecify.annotations.Nullable;

/** A compare-and-set as it is proposed: only if the key's version is the given one; no value removes. */
@SuppressWarnings("ArrayRecordComponent")
public record Write(String key, long version, byte @Nullable [] value) {
  @Override
  public String toString() {
    return key + "@" + version + (value == null ? " removed" : " " + value.length + " bytes");
  }
}
