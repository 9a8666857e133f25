package org.fluidosgi.rsa.internal.kryo;

import java.lang.reflect.Constructor;
import org.jspecify.annotations.Nullable;
import sun.reflect.ReflectionFactory;

/** Builds exceptions without running the constructors of their own classes, only the one of their nearest JDK class, by the way
 * the JDK offers to serialization libraries. Not there when {@code sun.reflect} is not wired. Threads: stateless. */
final class BareThrowables {
  private BareThrowables() {}

  static @Nullable Throwable construct(
      Class<?> type, @Nullable String message, @Nullable Throwable cause) {
    try {
      Class<?> base = type;
      while (!JdkTypes.isPlatform(base)) {
        base = base.getSuperclass();
      }
      Throwable thrown = cause == null
          ? null
          : construct(type, base, new Class<?>[] {String.class, Throwable.class}, message, cause);
      if (thrown == null) {
        thrown = construct(type, base, new Class<?>[] {String.class}, message);
      }
      return thrown != null
          ? thrown
          : construct(type, Throwable.class, new Class<?>[] {String.class}, message);
    } catch (LinkageError e) {
      return null; // no ReflectionFactory here
    }
  }

  private static @Nullable Throwable construct(
      Class<?> type, Class<?> base, Class<?>[] parameters, @Nullable Object... arguments) {
    try {
      Constructor<?> constructor = ReflectionFactory.getReflectionFactory()
          .newConstructorForSerialization(type, base.getDeclaredConstructor(parameters));
      return (Throwable) constructor.newInstance(arguments);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null; // the next way
    }
  }
}
