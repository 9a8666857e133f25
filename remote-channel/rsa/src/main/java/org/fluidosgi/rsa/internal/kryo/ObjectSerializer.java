package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.fluidosgi.rsa.spi.CodecException;
import org.jspecify.annotations.Nullable;
import org.objenesis.instantiator.ObjectInstantiator;
import org.objenesis.instantiator.sun.SunReflectionFactoryInstantiator;

/** An object or a record as its named fields: the names once per message, then the values with their types.
 * Invariant: a field that only one side knows is skipped or keeps its default. Threads: one. */
final class ObjectSerializer extends Serializer<Object> {
  private final Class<?> type;
  private final FieldTable fields;
  private @Nullable Constructor<?> constructor;
  private @Nullable ObjectInstantiator<?> instantiator;

  ObjectSerializer(Class<?> type) {
    this.type = type;
    this.fields = FieldTable.of(type);
    setAcceptsNull(false);
  }

  @Override
  public void write(Kryo kryo, Output output, Object object) {
    fields.write(kryo, output, object);
  }

  @Override
  public Object read(Kryo kryo, Input input, Class<? extends Object> ignored) {
    if (type.isRecord()) {
      return readRecord(kryo, input);
    }
    Object object = instantiate();
    kryo.reference(object);
    fields.read(kryo, input, (field, value) -> field.set(object, value));
    return object;
  }

  private Object readRecord(Kryo kryo, Input input) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    @Nullable Object[] values = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = types[i].isPrimitive() ? Array.get(Array.newInstance(types[i], 1), 0) : null;
    }
    List<String> names =
        List.of(components).stream().map(RecordComponent::getName).toList();
    fields.read(kryo, input, (field, value) -> {
      int index = names.indexOf(field.getName());
      if (value != null || !types[index].isPrimitive()) {
        values[index] = value;
      }
    });
    if (AllowListResolver.of(kryo).leavesOut(null)) {
      return new Skipped(); // its constructor may insist on what was left out
    }
    try {
      Constructor<?> canonical = constructor;
      if (canonical == null) {
        canonical = type.getDeclaredConstructor(types);
        canonical.setAccessible(true);
        constructor = canonical;
      }
      return canonical.newInstance(values);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      throw FieldTable.refused("record " + type.getName() + " cannot be built", e);
    }
  }

  private Object instantiate() {
    if (Modifier.isAbstract(type.getModifiers())) {
      throw new CodecException(type.getName() + " is abstract: only its subtypes can be sent");
    }
    try {
      if (constructor != null) {
        return constructor.newInstance();
      }
      if (instantiator == null) {
        try {
          Constructor<?> plain = type.getDeclaredConstructor();
          plain.setAccessible(true);
          constructor = plain;
          return plain.newInstance();
        } catch (NoSuchMethodException e) {
          instantiator = new SunReflectionFactoryInstantiator<>(type);
        }
      }
      return instantiator.newInstance();
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      throw FieldTable.refused(
          type.getName() + " cannot be built: give it a constructor without parameters", e);
    }
  }
}
