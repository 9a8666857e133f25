package org.fluidosgi.rsa.spi;

import java.io.OutputStream;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** Turns arguments, results and exceptions of one class space into bytes and back.
 * Shape: asynchronous results are passed as the value that they deliver. Values become copies: collections are mutable
 * on the other side. Threads: any number at a time; never blocks. Errors: {@link CodecException} for everything that is not
 * allowed or not well formed; bytes from the wire must do no more harm than that. Source: protocol-rsa. */
@ConsumerType
public interface Codec {
  /** Writes the arguments of a call. */
  void encodeArguments(Method method, @Nullable Object[] arguments, OutputStream out);

  /** Reads the arguments of a call. Shape: as many as the method has parameters. */
  @Nullable
  Object[] decodeArguments(Method method, ByteBuffer in);

  /** Writes the result of a call, null for none. */
  void encodeResult(Method method, @Nullable Object result, OutputStream out);

  /** Reads the result of a call. */
  @Nullable
  Object decodeResult(Method method, ByteBuffer in);

  /** Whether exceptions of that class are carried as themselves. */
  boolean carries(Class<? extends Throwable> type);

  /** Writes an exception, whose class is carried, with its cause and stack. */
  void encodeFailure(Method method, Throwable failure, OutputStream out);

  /** Reads an exception. */
  Throwable decodeFailure(Method method, ByteBuffer in);
}
