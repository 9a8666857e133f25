package org.fluidosgi.simulation.groupstore;

import java.nio.ByteBuffer;
import org.fluidosgi.groupstore.Versioned;

/** Values of entries, each made of a number: the number, then bytes that follow from it. */
final class Values {
  private static final int PADDING_MAX = 2_000;

  private Values() {}

  /** Shape: 8 bytes and up to 2000 more. */
  static byte[] of(long number) {
    byte[] value = new byte[Long.BYTES + padding(number)];
    ByteBuffer.wrap(value).putLong(number);
    for (int i = Long.BYTES; i < value.length; i++) {
      value[i] = (byte) (number + i);
    }
    return value;
  }

  private static int padding(long number) {
    return number % 8 == 0 ? (int) (number * 37 % PADDING_MAX) : 0;
  }

  /** The number, 0 for absence. */
  static long number(Versioned entry) {
    byte[] value = entry.value();
    return value == null || value.length < Long.BYTES
        ? 0
        : ByteBuffer.wrap(value).getLong();
  }

  /** Whether it is exactly what {@link #of} made, or absent. */
  static boolean isWhole(Versioned entry) {
    byte[] value = entry.value();
    return value == null
        || (value.length >= Long.BYTES && java.util.Arrays.equals(value, of(number(entry))));
  }
}
