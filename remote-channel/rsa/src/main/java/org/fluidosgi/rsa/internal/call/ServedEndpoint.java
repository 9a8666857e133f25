package org.fluidosgi.rsa.internal.call;

import static org.fluidosgi.channel.ChannelException.Effect.DONE;
import static org.fluidosgi.channel.ChannelException.Effect.NONE;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.IncomingCall;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecException;
import org.jspecify.annotations.Nullable;

/** One exported service as the dispatcher sees it: finds the method, decodes, calls, encodes.
 * Threads: any number at a time. */
public final class ServedEndpoint {
  /** Shortest and longest pause between two looks at a plain Future, which cannot tell when it is done. */
  static final int POLL_MILLIS_MIN = 1;

  static final int POLL_MILLIS_MAX = 64;

  /** What is behind the endpoint. */
  public interface Source {
    /** The service. Errors: IllegalStateException when it is gone. */
    Object service();

    /** The interfaces that are exported, as the service's own class space has them. */
    List<Class<?>> interfaces();

    /** The codec of that name for that class space, null when there is none of that name. */
    @Nullable
    Codec codec(String name);
  }

  private final Source source;
  private final boolean inline;
  private volatile @Nullable Map<String, Method> methods;

  public ServedEndpoint(Source source, boolean inline) {
    this.source = source;
    this.inline = inline;
  }

  boolean inline() {
    return inline;
  }

  private Map<String, Method> methods() {
    Map<String, Method> known = methods;
    if (known == null) {
      known = new HashMap<>();
      for (Class<?> api : source.interfaces()) {
        for (Method method : api.getMethods()) {
          if (!Modifier.isStatic(method.getModifiers())) {
            method.setAccessible(true);
            known.putIfAbsent(Signatures.of(method), method);
          }
        }
      }
      methods = known;
    }
    return known;
  }

  /** Serves one request and completes the answer, now or later. Errors: anything, when the answer could not be made. */
  void serve(
      Wire.Request front,
      ByteBuffer content,
      IncomingCall call,
      Env env,
      CompletableFuture<ByteBuffer> answer) {
    Method method;
    Codec codec;
    Object service;
    @Nullable Object[] arguments;
    try {
      codec = source.codec(front.codec());
      if (codec == null) {
        throw new CodecException("codec " + front.codec() + " is not known here");
      }
      method = methods().get(front.method());
      if (method == null) {
        throw new CodecException("the service has no method " + front.method()
            + ": the versions of its interface differ too much");
      }
      arguments = codec.decodeArguments(method, content);
      service = source.service();
    } catch (RuntimeException | LinkageError e) {
      answer.complete(Wire.refused(
          NONE, e instanceof CodecException ? String.valueOf(e.getMessage()) : e.toString()));
      return;
    }
    Object result;
    try {
      result = method.invoke(service, arguments);
    } catch (InvocationTargetException e) {
      answer.complete(failure(method, codec, e.getCause() == null ? e : e.getCause()));
      return;
    } catch (IllegalAccessException | IllegalArgumentException e) {
      answer.complete(
          Wire.refused(NONE, "arguments do not fit " + front.method() + ": " + e.getMessage()));
      return;
    }
    try {
      deliver(method, codec, result, call, env, answer);
    } catch (RuntimeException | LinkageError e) {
      answer.complete(Wire.refused(DONE, e.toString()));
    }
  }

  private static void deliver(
      Method method,
      Codec codec,
      @Nullable Object result,
      IncomingCall call,
      Env env,
      CompletableFuture<ByteBuffer> answer) {
    ResultKind kind = ResultKind.of(method);
    if (kind == ResultKind.VALUE || result == null) {
      answer.complete(result(method, codec, result));
      return;
    }
    if (result instanceof Future<?> future) {
      call.whenCancelled().thenRun(() -> future.cancel(true));
    }
    if (kind == ResultKind.PROMISE) {
      answerLater(method, codec, Promises.read(method.getReturnType(), result), answer);
    } else if (result instanceof CompletionStage<?> stage) {
      answerLater(method, codec, stage, answer);
    } else {
      poll(method, codec, (Future<?>) result, call, env, answer, POLL_MILLIS_MIN);
    }
  }

  private static void answerLater(
      Method method, Codec codec, CompletionStage<?> stage, CompletableFuture<ByteBuffer> answer) {
    stage.whenComplete((value, failure) -> {
      try {
        answer.complete(
            failure == null ? result(method, codec, value) : failure(method, codec, failure));
      } catch (Throwable e) {
        answer.complete(Wire.brokeOff(e));
      }
    });
  }

  /** A plain Future is looked at now and then rather than waited for: no thread is bound. */
  private static void poll(
      Method method,
      Codec codec,
      Future<?> future,
      IncomingCall call,
      Env env,
      CompletableFuture<ByteBuffer> answer,
      int pauseMillis) {
    if (!future.isDone()) {
      if (call.whenCancelled().isDone()) {
        answer.complete(Wire.refused(DONE, "cancelled"));
        return;
      }
      int next = Math.min(POLL_MILLIS_MAX, pauseMillis * 2);
      env.schedule(Duration.ofMillis(pauseMillis), () -> {
        try {
          poll(method, codec, future, call, env, answer, next);
        } catch (Throwable e) {
          answer.complete(Wire.brokeOff(e));
        }
      });
      return;
    }
    try {
      answer.complete(result(method, codec, future.get()));
    } catch (ExecutionException e) {
      answer.complete(failure(method, codec, e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.complete(Wire.refused(DONE, "the node is stopping"));
    } catch (RuntimeException e) {
      answer.complete(failure(method, codec, e));
    }
  }

  private static ByteBuffer result(Method method, Codec codec, @Nullable Object value) {
    try {
      Bytes bytes = new Bytes(256);
      bytes.write(Wire.RESULT);
      codec.encodeResult(method, value, bytes);
      return bytes.content();
    } catch (CodecException e) {
      return Wire.refused(DONE, String.valueOf(e.getMessage()));
    }
  }

  private static ByteBuffer failure(Method method, Codec codec, Throwable failure) {
    Throwable thrown = failure;
    while ((thrown instanceof CompletionException || thrown instanceof ExecutionException)
        && thrown.getCause() != null) {
      thrown = thrown.getCause();
    }
    if (isDeclared(method, thrown)
        || thrown instanceof RuntimeException && codec.carries(thrown.getClass())
        || ResultKind.of(method) != ResultKind.VALUE
            && thrown instanceof Exception
            && codec.carries(thrown.getClass())) {
      try {
        Bytes bytes = new Bytes(1_024);
        bytes.write(Wire.EXCEPTION);
        codec.encodeFailure(method, thrown, bytes);
        return bytes.content();
      } catch (CodecException e) {
        thrown.addSuppressed(e);
      }
    }
    return Wire.foreign(thrown);
  }

  private static boolean isDeclared(Method method, Throwable thrown) {
    for (Class<?> declared : method.getExceptionTypes()) {
      if (declared.isInstance(thrown)) {
        return true;
      }
    }
    return false;
  }
}
