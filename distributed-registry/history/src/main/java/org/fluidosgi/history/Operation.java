package org.fluidosgi.history;

/** What a client asked of one key, and what came of it.
 * Shape: {@code value} is unique per write, 0 stands for absence; begin and end are of one clock; {@code end} is Long.MAX_VALUE while
 * the result is not known. */
public record Operation(
    String key,
    boolean write,
    long expectedVersion,
    long value,
    long begin,
    long end,
    Result result,
    long foundVersion,
    long foundValue) {

  /** What came of an operation. */
  public enum Result {
    /** Written, or read: found is the entry afterwards. */
    OK,
    /** The version was another: found is the entry. */
    CONFLICT,
    /** It surely never happened. */
    NEVER,
    /** It may have happened at any time after its begin, or never. */
    UNKNOWN
  }

  /** A compare-and-set that has begun. */
  public static Operation write(String key, long expectedVersion, long value, long begin) {
    return new Operation(
        key, true, expectedVersion, value, begin, Long.MAX_VALUE, Result.UNKNOWN, 0, 0);
  }

  /** A read that has begun. */
  public static Operation read(String key, long begin) {
    return new Operation(key, false, 0, 0, begin, Long.MAX_VALUE, Result.UNKNOWN, 0, 0);
  }

  /** The same, ended with that entry. */
  public Operation ended(Result with, long at, long version, long found) {
    return new Operation(key, write, expectedVersion, value, begin, at, with, version, found);
  }

  /** The same, which surely never happened. */
  public Operation never() {
    return ended(Result.NEVER, Long.MAX_VALUE, 0, 0);
  }

  /** Whether a client was told what came of it. */
  public boolean isAnswered() {
    return result == Result.OK || result == Result.CONFLICT;
  }
}
