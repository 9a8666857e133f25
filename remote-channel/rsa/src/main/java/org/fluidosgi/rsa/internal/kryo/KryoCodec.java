package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import org.fluidosgi.rsa.spi.ClassSpace;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecException;
import org.jspecify.annotations.Nullable;

/** The codec {@code fluid.java/1} of one class space, on Kryo with an allow-list.
 * Shape: arguments are a count and that many values; a result or an exception is one value. Threads: any; each call takes
 * a Kryo of its own from a bounded pool. Source: protocol-rsa, codec. */
final class KryoCodec implements Codec {
  /** Deepest nesting of values. */
  static final int DEPTH_MAX = 400;

  /** Longest encoded content. */
  static final int BYTES_MAX = 64 << 20;

  /** Most idle Kryo instances kept. */
  static final int POOL_MAX = 16;

  private final AllowList allowed;
  private final ArrayBlockingQueue<Slot> pool = new ArrayBlockingQueue<>(POOL_MAX);

  KryoCodec(ClassSpace space) {
    allowed = new AllowList(space);
  }

  /** A Kryo and its buffer. */
  private record Slot(Kryo kryo, PlainOutput output) {}

  private interface Action<T extends @Nullable Object> {
    T run(Slot slot);
  }

  private Slot create() {
    AllowListResolver classes = new AllowListResolver(allowed);
    Kryo kryo = new Kryo(classes, new SharedReferences(classes));
    kryo.setClassLoader(KryoCodec.class.getClassLoader());
    kryo.setReferences(true);
    kryo.setRegistrationRequired(false);
    kryo.setAutoReset(false);
    kryo.setMaxDepth(DEPTH_MAX);
    JdkTypes.register(kryo);
    return new Slot(kryo, new PlainOutput(512, BYTES_MAX));
  }

  private <T extends @Nullable Object> T use(String what, Method method, Action<T> action) {
    try {
      Slot slot = pool.poll();
      if (slot == null) {
        slot = create();
      }
      T result = action.run(slot);
      slot.kryo.reset();
      slot.output.reset();
      if (slot.output.getBuffer().length <= 1 << 20) {
        pool.offer(slot);
      }
      return result;
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      throw refused(what, method, e); // the instance is dropped: its state is unknown
    }
  }

  private static CodecException refused(String what, Method method, Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof CodecException) {
        return new CodecException(what + " " + name(method) + ": " + t.getMessage(), t);
      }
    }
    String reason = e instanceof KryoException && e.getMessage() != null
        ? e.getMessage().lines().findFirst().orElse("")
        : e.toString();
    if (reason.startsWith("Max depth exceeded")) {
      reason = "nested deeper than " + DEPTH_MAX + ": send a flat list";
    }
    return new CodecException(what + " " + name(method) + ": " + reason, e);
  }

  private static String name(Method method) {
    return method.getDeclaringClass().getName() + "." + method.getName();
  }

  @Override
  public void encodeArguments(Method method, @Nullable Object[] arguments, OutputStream out) {
    use("arguments of", method, slot -> {
      slot.output.writeVarInt(arguments.length, true);
      for (Object argument : arguments) {
        slot.kryo.writeClassAndObject(slot.output, argument);
      }
      return flush(slot, out);
    });
  }

  @Override
  public @Nullable Object[] decodeArguments(Method method, ByteBuffer in) {
    return use("arguments of", method, slot -> {
      LimitedInput input = input(in);
      int count = input.readCount();
      if (count != method.getParameterCount()) {
        throw new CodecException(
            count + " arguments where " + method.getParameterCount() + " are declared");
      }
      @Nullable Object[] arguments = new @Nullable Object[count];
      for (int i = 0; i < count; i++) {
        arguments[i] = slot.kryo.readClassAndObject(input);
      }
      end(input);
      return arguments;
    });
  }

  @Override
  public void encodeResult(Method method, @Nullable Object result, OutputStream out) {
    encode("result of", method, result, out);
  }

  @Override
  public @Nullable Object decodeResult(Method method, ByteBuffer in) {
    return decode("result of", method, in);
  }

  @Override
  public boolean carries(Class<? extends Throwable> type) {
    return allowed.admits(type);
  }

  @Override
  public void encodeFailure(Method method, Throwable failure, OutputStream out) {
    encode("exception of", method, failure, out);
  }

  @Override
  public Throwable decodeFailure(Method method, ByteBuffer in) {
    if (decode("exception of", method, in) instanceof Throwable thrown) {
      return thrown;
    }
    throw new CodecException("exception of " + name(method) + ": it is none");
  }

  private void encode(String what, Method method, @Nullable Object value, OutputStream out) {
    use(what, method, slot -> {
      slot.kryo.writeClassAndObject(slot.output, value);
      return flush(slot, out);
    });
  }

  private @Nullable Object decode(String what, Method method, ByteBuffer in) {
    return this.<@Nullable Object>use(what, method, slot -> {
      LimitedInput input = input(in);
      Object value = slot.kryo.readClassAndObject(input);
      end(input);
      return value;
    });
  }

  private static boolean flush(Slot slot, OutputStream out) {
    try {
      out.write(slot.output.getBuffer(), 0, slot.output.position());
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LimitedInput input(ByteBuffer in) {
    if (in.hasArray()) {
      return new LimitedInput(in.array(), in.arrayOffset() + in.position(), in.remaining());
    }
    byte[] bytes = new byte[in.remaining()];
    in.duplicate().get(bytes);
    return new LimitedInput(bytes, 0, bytes.length);
  }

  private static void end(LimitedInput input) {
    if (input.remaining() > 0) {
      throw new CodecException(input.remaining() + " bytes too many");
    }
  }
}
