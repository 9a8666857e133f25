package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.Objects;
import org.fluidosgi.rsa.spi.CodecException;
import org.jspecify.annotations.Nullable;

/** An exception: message, cause, suppressed ones, stack, then the fields of classes outside the JDK. Built without Java
 * serialization: by the constructors that exceptions usually have. Threads: one. */
final class ThrowableSerializer extends Serializer<Throwable> {
  /** Most stack frames that are sent of one exception. */
  static final int FRAMES_MAX = 256;

  /** Most suppressed exceptions that are sent of one. */
  static final int SUPPRESSED_MAX = 16;

  private final Class<?> type;
  private final FieldTable fields;

  ThrowableSerializer(Class<?> type) {
    this.type = type;
    this.fields = FieldTable.of(type);
  }

  @Override
  public void write(Kryo kryo, Output output, Throwable thrown) {
    // a class that is not allowed travels as its nearest allowed superclass; its name stays in the
    // message
    String message = thrown.getClass() == type
        ? thrown.getMessage()
        : thrown.getClass().getName()
            + (thrown.getMessage() == null ? "" : ": " + thrown.getMessage());
    output.writeString(message);
    Throwable cause = thrown.getCause();
    kryo.writeClassAndObject(output, cause == thrown ? null : cause);
    Throwable[] suppressed = thrown.getSuppressed();
    int count = Math.min(suppressed.length, SUPPRESSED_MAX);
    output.writeVarInt(count, true);
    for (int i = 0; i < count; i++) {
      kryo.writeClassAndObject(output, suppressed[i]);
    }
    writeStack(output, thrown.getStackTrace());
    if (thrown.getClass() == type) {
      output.writeBoolean(true);
      fields.write(kryo, output, thrown);
    } else {
      output.writeBoolean(false);
    }
  }

  private static void writeStack(Output output, StackTraceElement[] stack) {
    int count = Math.min(stack.length, FRAMES_MAX);
    output.writeVarInt(count, true);
    for (int i = 0; i < count; i++) {
      output.writeString(stack[i].getClassName());
      output.writeString(stack[i].getMethodName());
      output.writeString(stack[i].getFileName());
      output.writeVarInt(stack[i].getLineNumber(), false);
    }
  }

  @Override
  public Throwable read(Kryo kryo, Input input, Class<? extends Throwable> ignored) {
    String message = input.readString();
    Throwable cause = asThrowable(kryo, kryo.readClassAndObject(input));
    List<Throwable> suppressed = new ArrayList<>();
    int count = ((LimitedInput) input).readCount();
    for (int i = 0; i < count; i++) {
      Throwable one = asThrowable(kryo, kryo.readClassAndObject(input));
      if (one != null) {
        suppressed.add(one);
      }
    }
    StackTraceElement[] stack = readStack((LimitedInput) input);
    Map<Field, @Nullable Object> values = new IdentityHashMap<>();
    if (input.readBoolean()) {
      fields.read(kryo, input, values::put);
    }
    Throwable thrown = build(type, message, cause);
    values.forEach((field, value) -> set(thrown, field, value));
    suppressed.forEach(thrown::addSuppressed);
    thrown.setStackTrace(stack);
    return thrown;
  }

  private static StackTraceElement[] readStack(LimitedInput input) {
    StackTraceElement[] stack = new StackTraceElement[input.readCount()];
    for (int i = 0; i < stack.length; i++) {
      String owner = input.readString();
      String method = input.readString();
      String file = input.readString();
      stack[i] = new StackTraceElement(
          owner == null ? "?" : owner,
          method == null ? "?" : method,
          file,
          input.readVarInt(false));
    }
    return stack;
  }

  private static @Nullable Throwable asThrowable(Kryo kryo, @Nullable Object object) {
    if (AllowListResolver.of(kryo).leavesOut(object)) {
      return null;
    }
    if (object == null || object instanceof Throwable) {
      return (Throwable) object;
    }
    throw new CodecException(object.getClass().getName() + " is no cause of an exception");
  }

  private static void set(Throwable thrown, Field field, @Nullable Object value) {
    try {
      if (field.getDeclaringClass().isInstance(thrown)) {
        field.set(thrown, value);
      }
    } catch (IllegalAccessException | IllegalArgumentException e) {
      throw FieldTable.refused("field " + field + " cannot be set", e);
    }
  }

  /** The exception, or one of the nearest superclass that can be built. A constructor that turns its text into another message
   * is not good enough: then only the JDK's part of the exception is constructed, and the fields follow. */
  private static Throwable build(
      Class<?> type, @Nullable String message, @Nullable Throwable cause) {
    for (Class<?> c = type;
        c != null && Throwable.class.isAssignableFrom(c);
        c = c.getSuperclass()) {
      String text = c == type ? message : type.getName() + (message == null ? "" : ": " + message);
      Throwable thrown = constructAny(c, text, cause);
      if (thrown == null || !Objects.equals(thrown.getMessage(), text)) {
        Throwable bare = JdkTypes.isPlatform(c) ? null : BareThrowables.construct(c, text, cause);
        thrown = bare == null ? thrown : bare;
      }
      if (thrown != null) {
        return caused(thrown, cause);
      }
    }
    return caused(new RuntimeException(type.getName() + ": " + message), cause);
  }

  private static @Nullable Throwable constructAny(
      Class<?> type, @Nullable String message, @Nullable Throwable cause) {
    Throwable thrown = cause == null
        ? null
        : construct(type, new Class<?>[] {String.class, Throwable.class}, message, cause);
    if (thrown == null) {
      thrown = construct(type, new Class<?>[] {String.class}, message);
    }
    if (thrown == null) {
      thrown = construct(type, new Class<?>[] {String.class, Throwable.class}, message, cause);
    }
    if (type == UncheckedIOException.class && cause instanceof IOException io) {
      thrown = new UncheckedIOException(message, io);
    }
    if (type == MissingResourceException.class) {
      thrown = new MissingResourceException(message, "", ""); // the two names stay behind
    }
    if (thrown == null && type == AssertionError.class) {
      thrown = construct(type, new Class<?>[] {Object.class}, message);
    }
    if (thrown == null) {
      thrown = construct(type, new Class<?>[] {Throwable.class}, cause);
    }
    return thrown == null ? construct(type, new Class<?>[0]) : thrown;
  }

  private static Throwable caused(Throwable thrown, @Nullable Throwable cause) {
    if (cause != null && thrown.getCause() == null) {
      try {
        thrown.initCause(cause);
      } catch (IllegalStateException e) {
        thrown.addSuppressed(cause); // its constructor fixed the cause to none: do not lose ours
      }
    }
    return thrown;
  }

  private static @Nullable Throwable construct(
      Class<?> type, Class<?>[] parameters, @Nullable Object... arguments) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(parameters);
      if (!JdkTypes.isPlatform(type)) {
        constructor.setAccessible(true);
      }
      return (Throwable) constructor.newInstance(arguments);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null; // the next constructor, or the next superclass
    }
  }
}
