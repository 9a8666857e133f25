package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.rsa.spi.CodecException;

/** An enum set: class of the constants, count, names. */
@SuppressWarnings({"rawtypes", "unchecked"})
final class EnumSetSerializer extends Serializer<EnumSet> {
  @Override
  public void write(Kryo kryo, Output output, EnumSet set) {
    EnumSet named = set.isEmpty() ? EnumSet.complementOf(set) : set;
    if (named.isEmpty()) {
      throw new CodecException("an EnumSet of an enum without constants cannot be sent");
    }
    kryo.writeClass(output, ((Enum<?>) named.iterator().next()).getDeclaringClass());
    output.writeVarInt(set.size(), true);
    for (Object constant : set) {
      output.writeString(((Enum<?>) constant).name());
    }
  }

  @Override
  public EnumSet read(Kryo kryo, Input input, Class<? extends EnumSet> type) {
    Class constants = kryo.readClass(input).getType();
    AllowListResolver resolver = AllowListResolver.of(kryo);
    if (constants == Skipped.Constant.class && resolver.isSkipping()) {
      resolver.leaveOut();
      int count = ((LimitedInput) input).readCount();
      for (int i = 0; i < count; i++) {
        input.readString();
      }
      return EnumSet.noneOf(TimeUnit.class); // nobody gets to see it
    }
    if (!constants.isEnum()) {
      throw new CodecException(constants.getName() + " is no enum");
    }
    EnumSet set = EnumSet.noneOf(constants);
    int count = ((LimitedInput) input).readCount();
    for (int i = 0; i < count; i++) {
      set.add(EnumSerializer.constant(constants, input.readString()));
    }
    return set;
  }
}
