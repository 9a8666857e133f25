package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.DefaultClassResolver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.rsa.spi.CodecException;
import org.jspecify.annotations.Nullable;

/** Writes classes as kind and name, and reads only names that the {@link AllowList} knows.
 * Shape: the kind lets a reader skip an object whose class it does not have. Threads: one, like its Kryo. */
final class AllowListResolver extends DefaultClassResolver {
  private static final int NAME_TAG = 1; // DefaultClassResolver's NAME + 2

  private final AllowList allowed;
  private final Map<Class<?>, Integer> writtenNames = new HashMap<>();
  private final List<Registration> readNames = new ArrayList<>();
  private int skipping;
  private boolean incomplete;

  AllowListResolver(AllowList allowed) {
    this.allowed = allowed;
  }

  static AllowListResolver of(Kryo kryo) {
    return (AllowListResolver) kryo.getClassResolver();
  }

  /** Reads something whose value nobody wants: unknown classes do not matter then. */
  void skip(Runnable read) {
    int first = ((SharedReferences) kryo.getReferenceResolver()).readCount();
    skipping++;
    try {
      read.run();
    } finally {
      skipping--;
    }
    if (skipping == 0 && incomplete) {
      incomplete = false;
      ((SharedReferences) kryo.getReferenceResolver()).skipFrom(first);
    }
  }

  /** Notes that something known is read without all its content. What this skip reads is then left incomplete and never
   * referred to by a known field. */
  void leaveOut() {
    incomplete = true;
  }

  /** Whether that value, just read, must not be put where it belongs. */
  boolean leavesOut(@Nullable Object value) {
    if (skipping > 0 && value instanceof Skipped) {
      incomplete = true;
    }
    return incomplete;
  }

  boolean isSkipping() {
    return skipping > 0;
  }

  @Override
  public Registration registerImplicit(Class type) {
    Class<?> stand = allowed.standIn(type);
    Registration registration = stand == type ? null : getRegistration(stand);
    if (registration == null) {
      registration = stand == type
          ? new Registration(type, serializer(allowed.kind(type), type), NAME)
          : kryo.getRegistration(stand);
    }
    classToRegistration.put(type, registration);
    return registration;
  }

  private static Serializer<?> serializer(char kind, Class<?> type) {
    return switch (kind) {
      case AllowList.ARRAY -> new ArraySerializer();
      case AllowList.ENUM -> new EnumSerializer();
      case AllowList.THROWABLE -> new ThrowableSerializer(type);
      case AllowList.OBJECT -> new ObjectSerializer(type);
      default -> throw new CodecException("unknown kind '" + kind + "' of a class");
    };
  }

  @Override
  protected void writeName(Output output, Class ignored, Registration registration) {
    Class<?> type = registration.getType();
    output.writeByte(NAME_TAG);
    Integer known = writtenNames.putIfAbsent(type, writtenNames.size());
    if (known != null) {
      output.writeVarInt(known, true);
      return;
    }
    output.writeVarInt(writtenNames.size() - 1, true);
    output.writeByte(allowed.kind(type));
    output.writeString(type.getName());
  }

  @Override
  protected Registration readName(Input input) {
    int number = input.readVarInt(true);
    if (number >= 0 && number < readNames.size()) {
      Registration known = readNames.get(number);
      if (known.getSerializer() instanceof Skipped.Reader reader && !isSkipping()) {
        throw allowed.refusal(reader.name());
      }
      return known;
    }
    if (number != readNames.size()) {
      throw new KryoException("class number " + number + " was never introduced");
    }
    char kind = (char) input.readByte();
    String name = input.readString();
    Class<?> type = name == null ? null : allowed.find(name);
    Registration registration;
    if (type != null) {
      registration = kryo.getRegistration(type);
    } else if (isSkipping()) {
      registration = new Registration(
          Skipped.typeOf(kind), new Skipped.Reader(kind, String.valueOf(name)), NAME);
    } else {
      throw allowed.refusal(String.valueOf(name));
    }
    readNames.add(registration);
    return registration;
  }

  @Override
  public void reset() {
    super.reset();
    writtenNames.clear();
    readNames.clear();
    incomplete = false;
  }
}
