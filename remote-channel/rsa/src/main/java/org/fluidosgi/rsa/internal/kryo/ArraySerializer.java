package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Array;

/** An array of references: count, elements with their types. */
final class ArraySerializer extends Serializer<Object[]> {
  @Override
  public void write(Kryo kryo, Output output, Object[] array) {
    output.writeVarInt(array.length, true);
    for (Object element : array) {
      kryo.writeClassAndObject(output, element);
    }
  }

  @Override
  public Object[] read(Kryo kryo, Input input, Class<? extends Object[]> type) {
    int count = ((LimitedInput) input).readCount();
    Object[] array = (Object[]) Array.newInstance(type.getComponentType(), count);
    kryo.reference(array);
    AllowListResolver resolver = AllowListResolver.of(kryo);
    for (int i = 0; i < count; i++) {
      Object element = kryo.readClassAndObject(input);
      if (!resolver.leavesOut(element)) {
        array[i] = element;
      }
    }
    return array;
  }
}
