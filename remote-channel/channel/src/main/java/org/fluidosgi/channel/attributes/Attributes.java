package org.fluidosgi.channel.attributes;

import java.util.Map;
import org.fluidosgi.channel.internal.cbor.AttributeLimits;
import org.fluidosgi.channel.internal.cbor.AttributeReader;
import org.fluidosgi.channel.internal.cbor.AttributeWriter;

/** Writes and reads typed attribute maps: the value types of OSGi service properties, and nothing else.
 * Shape: CBOR, table in protocol-registry section 5. Keys are strings, kept in order and case. Values: String, Boolean, Character,
 * Byte, Short, Integer, Long, Float, Double, Version (as {@code org.osgi.framework.Version}), arrays of them (primitive
 * arrays stay primitive), List and Set of them, nested Map with string keys. Threads: any. */
public final class Attributes {
  /** Longest encoded map, in bytes. */
  public static final int BYTES_MAX = AttributeLimits.BYTES_MAX;

  private Attributes() {}

  /** The bytes of the map. Errors: IllegalArgumentException naming key and type that cannot be written, or the size. */
  public static byte[] encode(Map<String, ?> attributes) {
    return AttributeWriter.write(attributes);
  }

  /** The map of the bytes; values keep their types. Errors: IllegalArgumentException on anything malformed, too deep, too
   * long; never allocates more than the input justifies. */
  public static Map<String, Object> decode(byte[] bytes) {
    return decode(bytes, AttributeShaping.PLAIN);
  }

  /** The same, kept as that shaping says. */
  public static Map<String, Object> decode(byte[] bytes, AttributeShaping shaping) {
    return AttributeReader.read(bytes, shaping);
  }
}
