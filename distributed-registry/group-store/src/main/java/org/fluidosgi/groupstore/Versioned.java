package org.fluidosgi.groupstore;

import org.jspecify.annotations.Nullable;

/** An entry: its version, which every write raises, and its value, null when absent. The array is not to be changed. */
@SuppressWarnings("ArrayRecordComponent")
public record Versioned(long version, byte @Nullable [] value) {}
