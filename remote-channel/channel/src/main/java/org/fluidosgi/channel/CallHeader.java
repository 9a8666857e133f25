package org.fluidosgi.channel;

import java.time.Duration;

/** What travels in front of every request besides its content.
 * Shape: {@code callId} is chosen by the caller and unique within the caller's incarnation, so that (incarnation of the
 * caller, call id) names the call in the whole group and over retries; {@code attempt} counts from 0; {@code timeout} is what is
 * left of the deadline when the request is written, at least 1 ms, zero for none. Threads: immutable. */
public record CallHeader(long callId, int attempt, Duration timeout) {
  public CallHeader {
    if (attempt < 0 || attempt > 65_535 || timeout == null || timeout.isNegative()) {
      throw new IllegalArgumentException(
          "bad call header: attempt " + attempt + ", timeout " + timeout);
    }
  }

  /** A first attempt. */
  public static CallHeader first(long callId, Duration timeout) {
    return new CallHeader(callId, 0, timeout);
  }
}
