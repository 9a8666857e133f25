package org.fluidosgi.rsa.internal.call;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/** How a method delivers its result: at once, or later by one of the types that the intent osgi.async names. */
public enum ResultKind {
  VALUE,
  FUTURE,
  PROMISE;

  /** The kind that the declared return type asks for. */
  public static ResultKind of(Method method) {
    Class<?> type = method.getReturnType();
    if (type == Future.class || type == CompletableFuture.class || type == CompletionStage.class) {
      return FUTURE;
    }
    return type.getName().equals(Promises.PROMISE) ? PROMISE : VALUE;
  }
}
