package org.fluidosgi.channel.internal.cbor;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Version;

/** Writes one attribute map as CBOR; {@link ValueType} holds the byte table. Threads: one, used once. */
public final class AttributeWriter {
  private static final CBORFactory FACTORY = CborFactories.writing();

  private final CBORGenerator out;

  private AttributeWriter(CBORGenerator out) {
    this.out = out;
  }

  /** The bytes of the map. Errors: IllegalArgumentException naming key and type. */
  public static byte[] write(Map<?, ?> attributes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (CBORGenerator out = FACTORY.createGenerator(bytes)) {
      new AttributeWriter(out).map("the map", attributes, 1);
    } catch (IOException e) {
      throw new IllegalArgumentException("attributes cannot be written: " + e.getMessage(), e);
    }
    if (bytes.size() > AttributeLimits.BYTES_MAX) {
      throw new IllegalArgumentException("attributes take " + bytes.size() + " bytes, at most "
          + AttributeLimits.BYTES_MAX + " are allowed: keep large content elsewhere");
    }
    return bytes.toByteArray();
  }

  private void map(String path, Map<?, ?> map, int depth) throws IOException {
    checkDepth(path, depth);
    out.writeStartObject(map, map.size());
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new IllegalArgumentException(
            path + " has the key " + entry.getKey() + ": keys must be strings");
      }
      if (key.length() > AttributeLimits.KEY_CHARS_MAX) {
        throw new IllegalArgumentException(path + " has a key of " + key.length()
            + " characters, at most " + AttributeLimits.KEY_CHARS_MAX + " are allowed");
      }
      out.writeFieldName(checkText(path, key));
      value("attribute '" + key + "'", entry.getValue(), depth + 1);
    }
    out.writeEndObject();
  }

  private void value(String path, @Nullable Object value, int depth) throws IOException {
    if (value == null) {
      throw new IllegalArgumentException(path + " is null or holds null: leave it out");
    }
    ValueType type = ValueType.of(value.getClass());
    if (type != null) {
      if (type.tag != 0) {
        out.writeTag(type.tag);
      }
      scalar(path, type, value);
    } else if (value instanceof byte[] bytes) {
      out.writeBinary(bytes);
    } else if (value.getClass().isArray()) {
      array(path, value, depth);
    } else if (value instanceof List<?> list) {
      collection(path, list, depth);
    } else if (value instanceof Set<?> set) {
      out.writeTag(ValueType.SET_TAG);
      for (Object element : set) {
        if (element != null && element.getClass().isArray()) {
          throw new IllegalArgumentException(
              path + " is a set of arrays, which have no equality: use a list");
        }
      }
      collection(path, set, depth);
    } else if (value instanceof Map<?, ?> map) {
      map(path, map, depth);
    } else {
      throw unsupported(path, value.getClass());
    }
  }

  private void scalar(String path, ValueType type, Object value) throws IOException {
    switch (type) {
      case STRING -> out.writeString(checkText(path, (String) value));
      case BOOLEAN -> out.writeBoolean((Boolean) value);
      case INTEGER, SHORT, BYTE -> out.writeNumber(((Number) value).intValue());
      case LONG -> out.writeNumber((Long) value);
      case CHARACTER -> out.writeNumber((int) (Character) value);
      case FLOAT -> out.writeNumber((Float) value);
      case DOUBLE -> out.writeNumber((Double) value);
      case VERSION -> out.writeString(((Version) value).toString());
    }
  }

  private void array(String path, Object array, int depth) throws IOException {
    checkDepth(path, depth);
    Class<?> element = array.getClass().getComponentType();
    ValueType type = ValueType.of(element);
    if (type == null) {
      throw unsupported(path, array.getClass());
    }
    out.writeTag(element.isPrimitive() ? type.primitiveArrayTag : type.boxedArrayTag);
    int length = Array.getLength(array);
    out.writeStartArray(array, length);
    for (int i = 0; i < length; i++) {
      Object value = Array.get(array, i);
      if (value == null) {
        throw new IllegalArgumentException(path + " holds null at " + i + ": leave it out");
      }
      scalar(path, type, value);
    }
    out.writeEndArray();
  }

  private void collection(String path, Collection<?> values, int depth) throws IOException {
    checkDepth(path, depth);
    out.writeStartArray(values, values.size());
    for (Object value : values) {
      value(path, value, depth + 1);
    }
    out.writeEndArray();
  }

  /** Half a surrogate pair cannot be written as UTF-8 and would come back as something else. */
  private static String checkText(String path, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair = Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new IllegalArgumentException(
            path + " holds half a surrogate pair at " + i + ": it is no valid text");
      }
    }
    return text;
  }

  private static void checkDepth(String path, int depth) {
    if (depth > AttributeLimits.DEPTH_MAX) {
      throw new IllegalArgumentException(
          path + " is nested deeper than " + AttributeLimits.DEPTH_MAX + " levels");
    }
  }

  private static IllegalArgumentException unsupported(String path, Class<?> type) {
    return new IllegalArgumentException(
        path + " is of type " + type.getTypeName()
            + ": use String, primitives and their wrappers, Version, arrays of those, List, Set or Map");
  }
}
