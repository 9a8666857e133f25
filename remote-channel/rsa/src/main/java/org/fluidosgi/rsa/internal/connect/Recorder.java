package org.fluidosgi.rsa.internal.connect;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.List;
import org.fluidosgi.rsa.connect.RemoteCall;
import org.fluidosgi.rsa.internal.call.ResultKind;
import org.fluidosgi.rsa.internal.proxy.ProxyMaker;
import org.jspecify.annotations.Nullable;

/** Notes which method of an interface a function calls, and with what. Threads: one, used once. */
final class Recorder implements InvocationHandler {
  /** A call to be made. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Recorded(Method method, @Nullable Object @Nullable [] arguments) {}

  private @Nullable Recorded first;
  private int count;

  private Recorder() {}

  /** What the function calls. Errors: IllegalArgumentException unless it is exactly one method that returns a plain value. */
  static <S> Recorded record(Class<S> type, RemoteCall<? super S, ?> call) {
    Recorder recorder = new Recorder();
    Throwable thrown = null;
    try {
      call.on(type.cast(ProxyMaker.make(List.of(type), List.of(), recorder)));
    } catch (Exception e) {
      thrown = e;
    }
    Recorded recorded = recorder.first;
    if (recorded == null || recorder.count != 1 || thrown != null) {
      throw new IllegalArgumentException(
          "the function called " + recorder.count + " methods of " + type.getName()
              + (thrown == null ? "" : " and threw " + thrown)
              + ": it must call exactly one, and do nothing with its result",
          thrown);
    }
    if (ResultKind.of(recorded.method) != ResultKind.VALUE) {
      throw new IllegalArgumentException(
          recorded.method + " is asynchronous by itself: fetch the service and call it there");
    }
    return recorded;
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> "recorder of a remote call";
      };
    }
    count++;
    if (first == null) {
      first = new Recorded(method, arguments);
    }
    return zero(method.getReturnType());
  }

  private static @Nullable Object zero(Class<?> type) {
    return !type.isPrimitive() || type == void.class
        ? null
        : Array.get(Array.newInstance(type, 1), 0);
  }
}
