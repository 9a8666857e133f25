package org.fluidosgi.rsa.internal.call;

import static org.fluidosgi.channel.ChannelException.Effect.DONE;
import static org.fluidosgi.channel.ChannelException.Effect.NONE;
import static org.fluidosgi.channel.ChannelException.Effect.UNKNOWN;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.Env;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecException;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceException;

/** What a proxy does: every method becomes a call, except those of Object.
 * Threads: any. A call that returns a value waits for it, at most for its timeout; on a network loop it is refused, for waiting
 * there would stop the network. Asynchronous results complete on threads of their own, where dependents may block.
 * Errors: what the service declares; else {@link ServiceException} with one line of service, node, effect and remedy. */
public final class RemoteInvocation implements InvocationHandler {
  private static final Object[] NO_ARGUMENTS = {};

  /** What all proxies of a node share. */
  public record Context(
      Calls caller, Env env, ResultExecutor results, LoopGuard guard, long timeoutMillis) {
    /** The same on one stream only. */
    public Context on(StreamCaller stream) {
      return new Context(stream, env, results, guard, timeoutMillis);
    }
  }

  private record Call(String signature, ResultKind kind) {}

  private final Context context;
  private final Supplier<@Nullable RemoteTarget> target;
  private final String service;
  private final String codecName;
  private final Codec codec;
  private final Map<Method, Call> calls = new ConcurrentHashMap<>();

  /** Shape: {@code target} gives null once the import is closed. */
  public RemoteInvocation(
      Context context,
      Supplier<@Nullable RemoteTarget> target,
      String service,
      String codecName,
      Codec codec) {
    this.context = context;
    this.target = target;
    this.service = service;
    this.codecName = codecName;
    this.codec = codec;
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return local(proxy, method, arguments);
    }
    Call call = callOf(method);
    if (call.kind == ResultKind.VALUE) {
      return invokeNow(method, call, arguments);
    }
    CompletableFuture<Object> later = invokeLater(method, call, arguments);
    return call.kind == ResultKind.PROMISE ? Promises.make(method.getReturnType(), later) : later;
  }

  /** Calls a method that returns a plain value without waiting for it: what it would return or throw is the future's outcome.
   * Threads: completes on a result thread. Cancelling it tells the peer. */
  public CompletableFuture<Object> invokeLater(
      Method method, @Nullable Object @Nullable [] arguments) {
    return invokeLater(method, callOf(method), arguments);
  }

  private Call callOf(Method method) {
    return calls.computeIfAbsent(method, m -> new Call(Signatures.of(m), ResultKind.of(m)));
  }

  private Object local(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "remote " + service + "@" + Integer.toHexString(System.identityHashCode(proxy));
    };
  }

  private @Nullable Object invokeNow(
      Method method, Call call, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (context.guard().mustNotWait()) {
      throw new IllegalStateException(
          "a service marked fluid.rsa.inline called " + service + "." + method.getName()
              + " and would stop the network while it waits: remove the mark, or use an asynchronous result");
    }
    RemoteTarget now = target();
    Caller.Call sent = send(now, method, call, arguments);
    ByteBuffer answer;
    try {
      answer = sent.get(sent.timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      ChannelException late = Caller.late(sent, UNKNOWN);
      sent.giveUp(late);
      throw failure(now, method, late);
    } catch (InterruptedException e) {
      sent.cancel(false);
      Thread.currentThread().interrupt();
      throw failure(
          now,
          method,
          new ChannelException(
              ChannelException.Scope.CALL, UNKNOWN, "the calling thread was interrupted", e));
    } catch (ExecutionException e) {
      throw failure(now, method, Caller.asChannelException(e, UNKNOWN));
    }
    return open(now, method, answer);
  }

  private CompletableFuture<Object> invokeLater(
      Method method, Call call, @Nullable Object @Nullable [] arguments) {
    CompletableFuture<Object> result = new CompletableFuture<>();
    Caller.Call sent;
    RemoteTarget now;
    try {
      now = target();
      sent = send(now, method, call, arguments);
    } catch (ServiceException e) {
      result.completeExceptionally(e);
      return result;
    }
    Env.Cancellable timer = context
        .env()
        .schedule(
            Duration.ofMillis(sent.timeoutMillis), () -> sent.giveUp(Caller.late(sent, UNKNOWN)));
    result.whenComplete((value, failure) -> {
      timer.cancel();
      if (result.isCancelled()) {
        sent.cancel(false);
      }
    });
    sent.whenComplete((answer, failure) -> offLoop(() -> {
      if (failure != null) {
        result.completeExceptionally(
            failure(now, method, Caller.asChannelException(failure, UNKNOWN)));
        return;
      }
      try {
        result.complete(open(now, method, answer));
      } catch (Throwable thrown) {
        result.completeExceptionally(thrown);
      }
    }));
    return result;
  }

  private void offLoop(Runnable completion) {
    try {
      context.results().execute(completion);
    } catch (RejectedExecutionException e) {
      context
          .guard()
          .mark(completion); // better late dependents on the loop than a result that never comes
    }
  }

  private RemoteTarget target() {
    RemoteTarget now = target.get();
    if (now == null) {
      throw new ServiceException(
          "service " + service
              + " is gone: its import was closed, nothing was done; look the service up again",
          ServiceException.UNREGISTERED);
    }
    return now;
  }

  private Caller.Call send(
      RemoteTarget now, Method method, Call call, @Nullable Object @Nullable [] arguments) {
    Bytes request = Wire.request(now.id(), codecName, call.signature);
    try {
      codec.encodeArguments(method, arguments == null ? NO_ARGUMENTS : arguments, request);
    } catch (CodecException e) {
      throw failure(
          now,
          method,
          new ChannelException(
              ChannelException.Scope.CALL, NONE, String.valueOf(e.getMessage()), e));
    }
    long timeout = now.timeoutMillis() > 0 ? now.timeoutMillis() : context.timeoutMillis();
    return context.caller().send(now, call.signature, request.content(), timeout);
  }

  private @Nullable Object open(RemoteTarget now, Method method, ByteBuffer answer)
      throws Throwable {
    Throwable thrown;
    try {
      int kind = answer.hasRemaining() ? answer.get() : -1;
      switch (kind) {
        case Wire.RESULT -> {
          return codec.decodeResult(method, answer);
        }
        case Wire.EXCEPTION -> thrown = codec.decodeFailure(method, answer);
        case Wire.FOREIGN_EXCEPTION -> {
          return foreign(now, method, answer);
        }
        default -> throw new CodecException("unknown kind " + kind + " of an answer");
      }
    } catch (CodecException e) {
      throw failure(
          now,
          method,
          new ChannelException(
              ChannelException.Scope.CALL, DONE, String.valueOf(e.getMessage()), e));
    }
    if (mayThrow(method, thrown)) {
      throw thrown;
    }
    throw new ServiceException(
        line(now, method) + " threw " + thrown
            + ", which the method does not declare; it was executed",
        ServiceException.REMOTE,
        thrown);
  }

  private @Nullable Object foreign(RemoteTarget now, Method method, ByteBuffer answer) {
    String type = Wire.readText(answer);
    String message = Wire.readText(answer);
    String stack = Wire.readText(answer);
    throw new ServiceException(
        line(now, method) + " threw " + type + ": " + message
            + "; its class is not part of the interface, declare it there to catch it",
        ServiceException.REMOTE,
        new RuntimeException(stack));
  }

  private static boolean mayThrow(Method method, Throwable thrown) {
    if (thrown instanceof RuntimeException || ResultKind.of(method) != ResultKind.VALUE) {
      return true;
    }
    for (Class<?> declared : method.getExceptionTypes()) {
      if (declared.isInstance(thrown)) {
        return true;
      }
    }
    return false;
  }

  private String line(RemoteTarget now, Method method) {
    return "call of " + service + "." + method.getName() + " on node " + now.node();
  }

  private ServiceException failure(RemoteTarget now, Method method, ChannelException cause) {
    String advice = switch (cause.effect()) {
      case NONE -> "effect none: it was not executed, so call again once the reason is gone";
      case DONE -> "effect done: it was executed, only its answer is lost";
      case UNKNOWN -> "effect unknown: it may have been executed, check before you call again";
    };
    return new ServiceException(
        line(now, method) + " failed: " + cause.getMessage() + "; " + advice,
        ServiceException.REMOTE,
        cause);
  }
}
