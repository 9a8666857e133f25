package org.fluidosgi.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page of a scan.
 * Shape: {@code next} is the cursor to pass on, null at the end; {@code partial} says that there are members whose records are not
 * known, or that did not answer in time. Threads: immutable. */
public record Page(List<RegistryRecord> records, @Nullable String next, boolean partial) {
  public Page {
    records = List.copyOf(records);
  }
}
