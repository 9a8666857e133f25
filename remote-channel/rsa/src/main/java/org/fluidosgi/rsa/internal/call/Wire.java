package org.fluidosgi.rsa.internal.call;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.fluidosgi.channel.ChannelException;

/** Requests and answers on a stream to endpoint {@code rsa}, version 1.
 * <pre>
 * request  u8 version = 1 | 16 bytes endpoint | u16 n, codec name | u16 n, method | arguments
 * answer   u8 0 | result
 *          u8 1 | exception
 *          u8 2 | u8 effect | u16 n, text                    refused, not done as asked
 *          u8 3 | u16 n, class | u16 n, message | u16 n, stack   an exception that the codec does not carry
 * </pre>
 * Numbers are big endian, texts UTF-8. Threads: stateless. Source: protocol-rsa. */
final class Wire {
  static final int VERSION = 1;
  static final int ENDPOINT_AT = 1;
  static final int CODEC_CHARS_MAX = 64;
  static final int METHOD_CHARS_MAX = 8_000;
  static final int TEXT_CHARS_MAX = 2_000;
  static final int STACK_CHARS_MAX = 10_000;

  static final byte RESULT = 0;
  static final byte EXCEPTION = 1;
  static final byte REFUSED = 2;
  static final byte FOREIGN_EXCEPTION = 3;

  private Wire() {}

  /** The front of a request. */
  record Request(UUID endpoint, String codec, String method) {}

  static Bytes request(UUID endpoint, String codec, String method) {
    if (method.length() > METHOD_CHARS_MAX) {
      throw new IllegalArgumentException(
          "the signature of a method is longer than " + METHOD_CHARS_MAX);
    }
    Bytes bytes = new Bytes(256);
    bytes.write(VERSION);
    bytes.writeLong(endpoint.getMostSignificantBits());
    bytes.writeLong(endpoint.getLeastSignificantBits());
    bytes.writeText(codec, CODEC_CHARS_MAX);
    bytes.writeText(method, METHOD_CHARS_MAX);
    return bytes;
  }

  /** The same request for another endpoint. */
  static void address(ByteBuffer request, UUID endpoint) {
    request.putLong(ENDPOINT_AT, endpoint.getMostSignificantBits());
    request.putLong(ENDPOINT_AT + 8, endpoint.getLeastSignificantBits());
  }

  /** Reads the front; the arguments are what is left. Errors: ChannelException, effect none. */
  static Request readRequest(ByteBuffer in) {
    if (in.remaining() < 1 + 16 + 2 + 2) {
      throw malformed("a request of " + in.remaining() + " bytes is too short");
    }
    int version = in.get();
    if (version != VERSION) {
      throw malformed("call protocol version " + version + " is not known here, only " + VERSION);
    }
    UUID endpoint = new UUID(in.getLong(), in.getLong());
    String codec = readText(in);
    String method = readText(in);
    if (codec.isEmpty() || codec.length() > CODEC_CHARS_MAX) {
      throw malformed(
          "a codec name of " + codec.length() + " characters, not 1.." + CODEC_CHARS_MAX);
    }
    if (method.length() > METHOD_CHARS_MAX) {
      throw malformed(
          "a method of " + method.length() + " characters, not at most " + METHOD_CHARS_MAX);
    }
    return new Request(endpoint, codec, method);
  }

  static String readText(ByteBuffer in) {
    int length = in.remaining() < 2 ? Integer.MAX_VALUE : Short.toUnsignedInt(in.getShort());
    if (length > in.remaining()) {
      throw malformed("a text is longer than the message");
    }
    byte[] utf8 = new byte[length];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  static ChannelException malformed(String what) {
    return new ChannelException(
        ChannelException.Scope.CALL, ChannelException.Effect.NONE, "malformed message: " + what);
  }

  static ByteBuffer refused(ChannelException.Effect effect, String text) {
    Bytes bytes = new Bytes(4 + text.length());
    bytes.write(REFUSED);
    bytes.write(effect.ordinal());
    bytes.writeText(text, TEXT_CHARS_MAX);
    return bytes.content();
  }

  /** For failures of which nothing but the class can be trusted. */
  static ByteBuffer brokeOff(Throwable failure) {
    return refused(
        ChannelException.Effect.UNKNOWN,
        "the call broke off: " + failure.getClass().getName());
  }

  /** Reads what follows the kind of a refusal. */
  static ChannelException readRefusal(ByteBuffer in) {
    ChannelException.Effect[] effects = ChannelException.Effect.values();
    int effect = in.hasRemaining() ? in.get() : -1;
    if (effect < 0 || effect >= effects.length) {
      throw malformed("effect " + effect);
    }
    return new ChannelException(ChannelException.Scope.CALL, effects[effect], readText(in));
  }

  static ByteBuffer foreign(Throwable thrown) {
    Bytes bytes = new Bytes(512);
    bytes.write(FOREIGN_EXCEPTION);
    bytes.writeText(thrown.getClass().getName(), TEXT_CHARS_MAX);
    bytes.writeText(String.valueOf(thrown.getMessage()), TEXT_CHARS_MAX);
    StringBuilder stack = new StringBuilder();
    for (Throwable t = thrown; t != null && stack.length() < STACK_CHARS_MAX; t = t.getCause()) {
      stack.append(t == thrown ? "" : "Caused by: ").append(t);
      for (StackTraceElement frame : t.getStackTrace()) {
        if (stack.length() > STACK_CHARS_MAX) {
          break;
        }
        stack.append("\n\tat ").append(frame);
      }
      stack.append('\n');
    }
    bytes.writeText(stack.toString(), STACK_CHARS_MAX);
    return bytes.content();
  }
}
