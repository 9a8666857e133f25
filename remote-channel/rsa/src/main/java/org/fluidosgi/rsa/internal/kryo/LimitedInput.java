package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Input that compares every length with the bytes that are left before it allocates, and the sum of all lengths with the whole
 * message: whatever is counted has a byte of its own, so that nested counts cannot claim the same bytes again and again.
 * Shape: a string is varint(bytes + 1), 0 for null, then UTF-8. Threads: one. */
final class LimitedInput extends Input {
  private final int total;
  private long counted;

  LimitedInput(byte[] bytes, int offset, int count) {
    super(bytes, offset, count);
    total = count;
  }

  int remaining() {
    return limit - position;
  }

  /** A count of things that take at least one byte each. */
  int readCount() {
    return checked(readVarInt(true));
  }

  private int checked(int count) {
    if (count < 0 || count > remaining()) {
      throw new KryoException("length " + count + " exceeds the " + remaining() + " bytes left");
    }
    counted += count;
    if (counted > total) {
      throw new KryoException("lengths of " + counted + " in all exceed the " + total + " bytes");
    }
    return count;
  }

  @Override
  @SuppressWarnings("NullAway") // null is a value of the format
  public String readString() {
    return text();
  }

  private @Nullable String text() {
    int coded = readVarInt(true);
    if (coded == 0) {
      return null;
    }
    int length = checked(coded - 1);
    String text = new String(buffer, position, length, StandardCharsets.UTF_8);
    position += length;
    return text;
  }

  @Override
  @SuppressWarnings("NullAway")
  public StringBuilder readStringBuilder() {
    String text = text();
    return text == null ? null : new StringBuilder(text);
  }

  @Override
  public byte[] readBytes(int length) {
    return super.readBytes(checked(length));
  }

  @Override
  public int[] readInts(int length) {
    return super.readInts(checked(length));
  }

  @Override
  public int[] readInts(int length, boolean optimizePositive) {
    return super.readInts(checked(length), optimizePositive);
  }

  @Override
  public long[] readLongs(int length) {
    return super.readLongs(checked(length));
  }

  @Override
  public long[] readLongs(int length, boolean optimizePositive) {
    return super.readLongs(checked(length), optimizePositive);
  }

  @Override
  public float[] readFloats(int length) {
    return super.readFloats(checked(length));
  }

  @Override
  public double[] readDoubles(int length) {
    return super.readDoubles(checked(length));
  }

  @Override
  public short[] readShorts(int length) {
    return super.readShorts(checked(length));
  }

  @Override
  public char[] readChars(int length) {
    return super.readChars(checked(length));
  }

  @Override
  public boolean[] readBooleans(int length) {
    return super.readBooleans(checked(length));
  }
}
