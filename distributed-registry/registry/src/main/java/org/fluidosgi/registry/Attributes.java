package org.fluidosgi.registry;

import java.util.Map;
import org.fluidosgi.registry.internal.compact.SharedValues;

/** Writes and reads typed attribute maps: the value types of OSGi service properties, and nothing else.
 * Shape: CBOR, table in protocol-registry. Keys are strings, kept in order and case. Values: String, Boolean, Character,
 * Byte, Short, Integer, Long, Float, Double, Version (as {@code org.osgi.framework.Version}), arrays of them (primitive
 * arrays stay primitive), List and Set of them, nested Map with string keys. Threads: any. */
public final class Attributes {
  private Attributes() {}

  /** The bytes of the map. Errors: IllegalArgumentException naming key and type that cannot be written. */
  public static byte[] encode(Map<String, ?> attributes) {
    return org.fluidosgi.channel.attributes.Attributes.encode(attributes);
  }

  /** The map of the bytes; values keep their types. Errors: IllegalArgumentException on anything malformed, too deep, too
   * long; never allocates more than the input justifies. */
  public static Map<String, Object> decode(byte[] bytes) {
    return org.fluidosgi.channel.attributes.Attributes.decode(bytes, SharedValues.none());
  }
}
