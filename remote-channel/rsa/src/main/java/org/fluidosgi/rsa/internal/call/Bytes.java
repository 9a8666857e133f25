package org.fluidosgi.rsa.internal.call;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A growing buffer that is handed over without a copy. Threads: one. */
final class Bytes extends ByteArrayOutputStream {
  Bytes(int size) {
    super(size);
  }

  void writeShort(int value) {
    write(value >>> 8);
    write(value);
  }

  void writeLong(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      write((int) (value >>> shift));
    }
  }

  /** Text as a 16-bit length and UTF-8, cut at {@code charsMax} characters. */
  void writeText(String text, int charsMax) {
    String cut = text.length() <= charsMax ? text : text.substring(0, charsMax);
    byte[] utf8 = cut.getBytes(StandardCharsets.UTF_8);
    writeShort(utf8.length);
    write(utf8, 0, utf8.length);
  }

  /** The content; must not be written to afterwards. */
  ByteBuffer content() {
    return ByteBuffer.wrap(buf, 0, count);
  }
}
