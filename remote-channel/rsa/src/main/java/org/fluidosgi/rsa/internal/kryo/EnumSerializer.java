package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import org.fluidosgi.rsa.spi.CodecException;

/** A constant as its name, so that both sides may list their constants in another order. */
@SuppressWarnings({"rawtypes", "unchecked"})
final class EnumSerializer extends Serializer<Enum> {
  @Override
  public void write(Kryo kryo, Output output, Enum constant) {
    output.writeString(constant.name());
  }

  @Override
  public Enum read(Kryo kryo, Input input, Class<? extends Enum> type) {
    return constant(type, input.readString());
  }

  static Enum constant(Class type, String name) {
    try {
      return Enum.valueOf(type, name);
    } catch (IllegalArgumentException e) {
      throw new CodecException(
          "enum " + type.getName() + " has no constant " + name + " here: update its bundle", e);
    }
  }
}
