package org.fluidosgi.rsa.internal.call;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads and makes OSGi promises of any class space, by reflection: several versions of the promise package may be in use at
 * once, and none is needed here. Threads: stateless. */
public final class Promises {
  /** Name of the promise interface. */
  public static final String PROMISE = "org.osgi.util.promise.Promise";

  private static final String DEFERRED = "org.osgi.util.promise.Deferred";

  private Promises() {}

  /** What the promise delivers. */
  static CompletionStage<Object> read(Class<?> promiseType, Object promise) {
    CompletableFuture<Object> result = new CompletableFuture<>();
    try {
      Method onResolve = promiseType.getMethod("onResolve", Runnable.class);
      Method failure = promiseType.getMethod("getFailure");
      Method value = promiseType.getMethod("getValue");
      onResolve.invoke(promise, (Runnable) () -> {
        try {
          Throwable thrown = (Throwable) failure.invoke(promise);
          if (thrown != null) {
            result.completeExceptionally(thrown);
          } else {
            result.complete(value.invoke(promise));
          }
        } catch (ReflectiveOperationException e) {
          result.completeExceptionally(e);
        }
      });
    } catch (ReflectiveOperationException e) {
      result.completeExceptionally(e);
    }
    return result;
  }

  /** A promise of that type which delivers what the stage delivers.
   * Errors: IllegalStateException when the promise package is not complete there. */
  public static Object make(Class<?> promiseType, CompletionStage<?> stage) {
    try {
      Class<?> deferredType = Class.forName(DEFERRED, true, promiseType.getClassLoader());
      Object deferred = deferredType.getConstructor().newInstance();
      Method resolve = deferredType.getMethod("resolve", Object.class);
      Method fail = deferredType.getMethod("fail", Throwable.class);
      stage.whenComplete((value, failure) -> {
        try {
          if (failure != null) {
            fail.invoke(deferred, failure);
          } else {
            resolve.invoke(deferred, value);
          }
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException("a promise could not be resolved", e);
        }
      });
      return deferredType.getMethod("getPromise").invoke(deferred);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("a promise could not be made", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the promise package is not complete: no " + DEFERRED, e);
    }
  }
}
