package org.fluidosgi.framework.internal.core;

import java.nio.ByteBuffer;
import java.util.Map;
import org.fluidosgi.registry.Attributes;

/** Requests and answers of endpoint {@code framework}: a version byte, an operation or status byte, then attributes, or for CHUNK and for
 * the answer to FETCH an offset and raw bytes. Source: protocol-framework, section 1. */
public final class Message {
  /** Version of the layout. */
  public static final byte VERSION = 1;

  /** Answer: done. */
  public static final byte DONE = 0;

  /** Answer: failed; attributes {@code type} and {@code message}. */
  public static final byte FAILED = 1;

  /** Bytes in front of a piece of content: version, operation, offset. */
  public static final int CHUNK_HEADER_BYTES = 2 + Long.BYTES;

  private Message() {}

  /** A message with attributes. */
  public static ByteBuffer of(byte code, Map<String, ?> attributes) {
    byte[] body = Attributes.encode(attributes);
    return ByteBuffer.allocate(2 + body.length).put(VERSION).put(code).put(body).flip();
  }

  /** A message with a piece of content. */
  public static ByteBuffer chunk(byte code, long offset, ByteBuffer bytes) {
    return ByteBuffer.allocate(CHUNK_HEADER_BYTES + bytes.remaining())
        .put(VERSION)
        .put(code)
        .putLong(offset)
        .put(bytes)
        .flip();
  }

  /** Reads version and code. Errors: IllegalArgumentException when shorter or of another version. */
  public static byte code(ByteBuffer message) {
    if (message.remaining() < 2) {
      throw new IllegalArgumentException(
          "a message of " + message.remaining() + " bytes: at least 2 expected");
    }
    byte version = message.get();
    if (version != VERSION) {
      throw new IllegalArgumentException("message version " + version
          + ": this node speaks version " + VERSION + ", run the same Fluid OSGi version on all");
    }
    return message.get();
  }

  /** Reads the attributes that follow. Errors: IllegalArgumentException when malformed. */
  public static Map<String, Object> attributes(ByteBuffer message) {
    byte[] body = new byte[message.remaining()];
    message.get(body);
    return Attributes.decode(body);
  }

  /** Reads the offset of a piece of content. Errors: IllegalArgumentException when shorter. */
  public static long offset(ByteBuffer message) {
    if (message.remaining() < Long.BYTES) {
      throw new IllegalArgumentException("a piece of content without its offset");
    }
    return message.getLong();
  }

  /** The value of that name and type. Errors: IllegalArgumentException naming what is missing. */
  public static <T> T value(Map<String, Object> attributes, String name, Class<T> type) {
    Object value = attributes.get(name);
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException("attribute " + name + " is "
          + (value == null ? "missing" : "a " + value.getClass().getSimpleName())
          + ", expected a " + type.getSimpleName());
    }
    return type.cast(value);
  }
}
