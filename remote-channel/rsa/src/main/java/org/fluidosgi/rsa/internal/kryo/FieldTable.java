package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.rsa.spi.CodecException;
import org.jspecify.annotations.Nullable;

/** The fields of one class as they travel: neither static nor transient, those of superclasses first, none of the JDK's.
 * Shape on the wire: at the first object of that class in a message the count and the names, then always the values in that order.
 * Threads: immutable. */
final class FieldTable {
  /** Most fields that a class may have. */
  static final int FIELDS_MAX = 1_000;

  /** Takes a value that was read. */
  interface Setter {
    void set(Field field, @Nullable Object value) throws IllegalAccessException;
  }

  private final Map<String, Field> fields;

  private FieldTable(Map<String, Field> fields) {
    this.fields = fields;
  }

  static FieldTable empty() {
    return new FieldTable(Map.of());
  }

  static FieldTable of(Class<?> type) {
    List<Class<?>> line = new ArrayList<>();
    for (Class<?> c = type; c != null && !JdkTypes.isPlatform(c); c = c.getSuperclass()) {
      line.add(c);
    }
    Collections.reverse(line);
    Map<String, Field> fields = new LinkedHashMap<>();
    for (Class<?> c : line) {
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())
            && !Modifier.isTransient(field.getModifiers())) {
          field.setAccessible(true);
          // a field hidden by a subclass keeps its plain name, the hiding one carries its class
          String name = fields.containsKey(field.getName())
              ? c.getSimpleName() + "." + field.getName()
              : field.getName();
          fields.put(name, field);
        }
      }
    }
    if (fields.size() > FIELDS_MAX) {
      throw new CodecException(type.getName() + " has more than " + FIELDS_MAX + " fields");
    }
    return new FieldTable(fields);
  }

  void write(Kryo kryo, Output output, Object object) {
    if (kryo.getGraphContext().put(this, fields) == null) {
      output.writeVarInt(fields.size(), true);
      for (String name : fields.keySet()) {
        output.writeString(name);
      }
    }
    for (Field field : fields.values()) {
      try {
        kryo.writeClassAndObject(output, field.get(object));
      } catch (IllegalAccessException e) {
        throw refused("field " + field + " cannot be read", e);
      }
    }
  }

  void read(Kryo kryo, Input input, Setter setter) {
    @Nullable Field[] order = (@Nullable Field[]) kryo.getGraphContext().get(this);
    if (order == null) {
      int count = ((LimitedInput) input).readCount();
      if (count > FIELDS_MAX) {
        throw new CodecException("an object with " + count + " fields: at most " + FIELDS_MAX);
      }
      order = new @Nullable Field[count];
      for (int i = 0; i < count; i++) {
        order[i] = fields.get(input.readString());
      }
      kryo.getGraphContext().put(this, order);
    }
    AllowListResolver resolver = AllowListResolver.of(kryo);
    for (Field field : order) {
      if (field == null) {
        resolver.skip(() -> kryo.readClassAndObject(input));
        continue;
      }
      Object value = kryo.readClassAndObject(input);
      if (resolver.leavesOut(value)) {
        continue;
      }
      try {
        if (value != null || !field.getType().isPrimitive()) {
          setter.set(field, value);
        }
      } catch (IllegalAccessException | IllegalArgumentException e) {
        throw refused(
            "field " + field.getName() + " of " + field.getDeclaringClass().getName() + " takes no "
                + (value == null ? "null" : value.getClass().getName()),
            e);
      }
    }
  }

  static CodecException refused(String what, Throwable e) {
    Throwable cause =
        e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
    return new CodecException(what + " (" + cause + ")", cause);
  }
}
