package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import org.fluidosgi.rsa.spi.CodecException;

/** Stands for an object in an unknown field whose class is not known here. Threads: stateless. */
class Skipped {
  /** Stands for an enum constant, which unlike an object is never referred to. */
  static final class Constant extends Skipped {}

  static Class<?> typeOf(char kind) {
    return kind == AllowList.ENUM ? Constant.class : Skipped.class;
  }

  /** Reads past one object of that kind. */
  static final class Reader extends Serializer<Object> {
    private final char kind;
    private final String name;
    private final FieldTable none = FieldTable.empty();

    Reader(char kind, String name) {
      this.kind = kind;
      this.name = name;
    }

    /** Of the class that is not known here. */
    String name() {
      return name;
    }

    @Override
    public void write(Kryo kryo, Output output, Object object) {
      throw new CodecException("a skipped object is never written");
    }

    @Override
    public Object read(Kryo kryo, Input input, Class<? extends Object> type) {
      if (kind == AllowList.ENUM) {
        input.readString();
        return new Constant();
      }
      if (kind == AllowList.THROWABLE) {
        new ThrowableSerializer(Throwable.class).read(kryo, input, Throwable.class);
        return new Skipped();
      }
      Skipped stand = new Skipped();
      kryo.reference(stand);
      switch (kind) {
        case AllowList.OBJECT -> none.read(kryo, input, (field, value) -> {});
        case AllowList.ARRAY -> {
          int count = ((LimitedInput) input).readCount();
          for (int i = 0; i < count; i++) {
            kryo.readClassAndObject(input);
          }
        }
        default -> throw new CodecException("unknown kind '" + kind + "' of a class");
      }
      return stand;
    }
  }
}
