package org.fluidosgi.registry.internal.core;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Text on the wire: unsigned 16 bit length in bytes, then UTF-8. */
final class WireText {
  private static final int BYTES_MAX = 0xffff;

  private WireText() {}

  /** The UTF-8 form. Errors: IllegalArgumentException when longer than 65,535 bytes or no valid text. */
  static byte[] bytes(String text) {
    byte[] bytes;
    try {
      ByteBuffer encoded =
          StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(text));
      bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("'" + text + "' holds half a surrogate pair", e);
    }
    if (bytes.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "a text of " + bytes.length + " bytes, at most " + BYTES_MAX + " are allowed");
    }
    return bytes;
  }

  static void put(ByteBuffer to, byte[] text) {
    to.putShort((short) text.length).put(text);
  }

  /** Reads one. Errors: IllegalArgumentException when cut or malformed. */
  static String get(ByteBuffer from) {
    int length = from.getShort() & 0xffff;
    if (length > from.remaining()) {
      throw new IllegalArgumentException(
          "a text of " + length + " bytes in the last " + from.remaining());
    }
    ByteBuffer slice = from.slice(from.position(), length);
    from.position(from.position() + length);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(slice)
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a text is no UTF-8", e);
    }
  }
}
