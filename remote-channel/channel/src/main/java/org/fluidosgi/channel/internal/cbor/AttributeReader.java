package org.fluidosgi.channel.internal.cbor;

import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fluidosgi.channel.attributes.AttributeShaping;
import org.osgi.framework.Version;

/** Reads one attribute map; {@link ValueType} holds the byte table. Collections of the result cannot be changed.
 * Lengths that the input claims are never allocated ahead: collections grow as items are seen. Threads: one, used once. */
public final class AttributeReader {
  private static final CBORFactory FACTORY = CborFactories.reading();

  private final CBORParser in;
  private final AttributeShaping shaping;

  private AttributeReader(CBORParser in, AttributeShaping shaping) {
    this.in = in;
    this.shaping = shaping;
  }

  /** The map of the bytes, shaped. Errors: IllegalArgumentException saying what is malformed. */
  public static Map<String, Object> read(byte[] bytes, AttributeShaping shaping) {
    if (bytes.length > AttributeLimits.BYTES_MAX) {
      throw new IllegalArgumentException("attributes take " + bytes.length + " bytes, at most "
          + AttributeLimits.BYTES_MAX + " are allowed");
    }
    try (CBORParser in = FACTORY.createParser(bytes)) {
      AttributeReader reader = new AttributeReader(in, shaping);
      JsonToken first = in.nextToken();
      if (first != JsonToken.START_OBJECT || reader.tag() != 0) {
        throw bad("attributes are " + first + ", not a map");
      }
      Map<String, Object> map = reader.map();
      if (in.nextToken() != null) {
        throw bad("attributes have bytes after their end");
      }
      return map;
    } catch (IOException e) {
      throw new IllegalArgumentException("malformed attributes: " + firstLine(e), e);
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      // A parser meant for friendly input may stumble in other ways; the caller needs to know one.
      throw new IllegalArgumentException("malformed attributes: " + e, e);
    }
  }

  /** The tag of the current item, 0 for none. */
  private int tag() {
    CBORParser.TagList tags = in.getCurrentTags();
    if (tags.isEmpty()) {
      return 0;
    }
    int tag = tags.getFirstTag();
    if (tags.size() > 1 || tag <= 0) {
      throw bad("an item has more than one tag, or an unknown one");
    }
    return tag;
  }

  private Map<String, Object> map() throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    while (true) {
      JsonToken token = next();
      if (token == JsonToken.END_OBJECT) {
        return shaping.map(map);
      }
      String key = in.currentName();
      if (token != JsonToken.FIELD_NAME || key == null || tag() != 0) {
        throw bad("a map has a key that is no string");
      }
      if (key.length() > AttributeLimits.KEY_CHARS_MAX) {
        throw bad("a key of " + key.length() + " characters, at most "
            + AttributeLimits.KEY_CHARS_MAX + " are allowed");
      }
      if (map.put(shaping.text(SharedNames.of(key)), value(next())) != null) {
        throw bad("the key '" + key + "' appears twice");
      }
    }
  }

  private Object value(JsonToken token) throws IOException {
    int tag = tag();
    return switch (token) {
      case START_OBJECT -> untagged(tag, map());
      case START_ARRAY -> array(tag);
      case VALUE_EMBEDDED_OBJECT -> untagged(tag, bytes());
      default -> {
        ValueType type = tag == 0 ? bare(token) : ValueType.ofTag(tag);
        if (type == null) {
          throw bad("unknown tag " + tag + " on a value");
        }
        yield scalar(type, token);
      }
    };
  }

  private Object array(int tag) throws IOException {
    if (tag == 0) {
      return Collections.unmodifiableList(elements(new ArrayList<>()));
    }
    if (tag == ValueType.SET_TAG) {
      return Collections.unmodifiableSet(elements(new LinkedHashSet<>()));
    }
    ValueType type = ValueType.ofArrayTag(tag);
    if (type == null) {
      throw bad("unknown tag " + tag + " on an array");
    }
    List<Object> values = new ArrayList<>();
    for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
      if (tag() != 0) {
        throw bad("a tag within an array of one type");
      }
      values.add(scalar(type, token));
    }
    Class<?> element = type.boxed;
    if (tag == type.primitiveArrayTag && type.primitive != null) {
      element = type.primitive;
    }
    Object array = Array.newInstance(element, values.size());
    for (int i = 0; i < values.size(); i++) {
      Array.set(array, i, values.get(i));
    }
    return array;
  }

  private <C extends Collection<Object>> C elements(C values) throws IOException {
    for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
      Object value = value(token);
      if (values instanceof Set && value.getClass().isArray()) {
        throw bad("a set of arrays");
      }
      if (!values.add(value)) {
        throw bad("a set has '" + value + "' twice");
      }
    }
    return values;
  }

  private ValueType bare(JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_STRING -> ValueType.STRING;
      case VALUE_TRUE, VALUE_FALSE -> ValueType.BOOLEAN;
      case VALUE_NUMBER_INT -> ValueType.INTEGER;
      case VALUE_NUMBER_FLOAT ->
        in.getNumberType() == NumberType.FLOAT ? ValueType.FLOAT : ValueType.DOUBLE;
      default -> throw bad("a value is " + token);
    };
  }

  private Object scalar(ValueType type, JsonToken token) throws IOException {
    return switch (type) {
      case STRING -> text(token);
      case BOOLEAN -> {
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
          throw bad("a Boolean is " + token);
        }
        yield token == JsonToken.VALUE_TRUE;
      }
      case INTEGER -> (int) whole(token, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case LONG -> whole(token, Long.MIN_VALUE, Long.MAX_VALUE);
      case SHORT -> (short) whole(token, Short.MIN_VALUE, Short.MAX_VALUE);
      case BYTE -> (byte) whole(token, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case CHARACTER -> (char) whole(token, Character.MIN_VALUE, Character.MAX_VALUE);
      case FLOAT -> {
        fraction(token, NumberType.FLOAT);
        yield in.getFloatValue();
      }
      case DOUBLE -> {
        fraction(token, NumberType.DOUBLE);
        yield in.getDoubleValue();
      }
      case VERSION -> version(text(token));
    };
  }

  private String text(JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      throw bad("a text is " + token);
    }
    return shaping.text(in.getText());
  }

  private long whole(JsonToken token, long least, long most) throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT || in.getNumberType() == NumberType.BIG_INTEGER) {
      throw bad("a whole number is " + (token == JsonToken.VALUE_NUMBER_INT ? "too large" : token));
    }
    long value = in.getLongValue();
    if (value < least || value > most) {
      throw bad("the number " + value + " is not in " + least + ".." + most);
    }
    return value;
  }

  private void fraction(JsonToken token, NumberType type) throws IOException {
    if (token != JsonToken.VALUE_NUMBER_FLOAT || in.getNumberType() != type) {
      throw bad("a " + type + " is " + token);
    }
  }

  private byte[] bytes() throws IOException {
    byte[] bytes = in.getBinaryValue();
    if (bytes == null) {
      throw bad("a value is undefined");
    }
    return bytes;
  }

  private static Version version(String text) {
    try {
      return Version.parseVersion(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("malformed attributes: '" + text + "' is no version", e);
    }
  }

  private static Object untagged(int tag, Object value) {
    if (tag != 0) {
      throw bad("unknown tag " + tag);
    }
    return value;
  }

  private JsonToken next() throws IOException {
    JsonToken token = in.nextToken();
    if (token == null) {
      throw bad("they end too early");
    }
    return token;
  }

  private static IllegalArgumentException bad(String what) {
    return new IllegalArgumentException("malformed attributes: " + what);
  }

  private static String firstLine(IOException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
