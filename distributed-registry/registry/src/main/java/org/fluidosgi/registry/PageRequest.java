package org.fluidosgi.registry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Which page of a scan is asked for, and how long it may take.
 * Shape: {@code size} 1..10_000 records; {@code cursor} is the last page's {@code next}, null for the first page; {@code deadline}
 * 1 ms..1 min from the call on, by the node's monotonic clock. When it has passed, the page ends where the store has come to, after some candidates at
 * least, with a cursor to go on from; what members did not answer by then is missing, and the page is partial. Threads: immutable.
 * Errors: IllegalArgumentException naming what is outside its limits. */
public record PageRequest(int size, @Nullable String cursor, Duration deadline) {
  /** Most records on one page. */
  public static final int SIZE_MAX = 10_000;

  /** Deadline of a page where none is given. */
  public static final Duration DEADLINE = Duration.ofSeconds(2);

  private static final Duration DEADLINE_MIN = Duration.ofMillis(1);
  private static final Duration DEADLINE_MAX = Duration.ofMinutes(1);

  public PageRequest {
    if (size < 1 || size > SIZE_MAX) {
      throw new IllegalArgumentException("a page of " + size + " records: expected 1.." + SIZE_MAX);
    }
    if (deadline.compareTo(DEADLINE_MIN) < 0 || deadline.compareTo(DEADLINE_MAX) > 0) {
      throw new IllegalArgumentException(
          "a page within " + deadline + ": expected " + DEADLINE_MIN + ".." + DEADLINE_MAX);
    }
  }

  /** Within {@link #DEADLINE}. */
  public PageRequest(int size, @Nullable String cursor) {
    this(size, cursor, DEADLINE);
  }

  /** The first page, of so many. */
  public static PageRequest first(int size) {
    return new PageRequest(size, null);
  }

  /** The same, within that time. */
  public PageRequest within(Duration time) {
    return new PageRequest(size, cursor, time);
  }

  /** The one behind that page, which has a next one. */
  public PageRequest behind(Page page) {
    return new PageRequest(size, page.next(), deadline);
  }
}
