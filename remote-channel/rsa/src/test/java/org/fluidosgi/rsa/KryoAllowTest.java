package org.fluidosgi.rsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.fluidosgi.rsa.internal.kryo.KryoCodecFactory;
import org.fluidosgi.rsa.spi.ClassSpace;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecException;
import org.junit.jupiter.api.Test;

/** Which bundles are opened; a class loader stands for a bundle. */
class KryoAllowTest {
  interface Api {
    Base get();
  }

  static class Base {}

  static class Derived extends Base {
    int number = 1;
  }

  private static final class Apart extends ClassLoader {
    private final Set<String> own;

    Apart(Class<?>... own) {
      super(KryoAllowTest.class.getClassLoader());
      this.own = Set.of(List.of(own).stream().map(Class::getName).toArray(String[]::new));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!own.contains(name)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known == null ? define(name) : known;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  private static ClassSpace spaceOf(Class<?> api) {
    return new ClassSpace() {
      @Override
      public List<Class<?>> interfaces() {
        return List.of(api);
      }

      @Override
      public Optional<Class<?>> beside(Class<?> declared, String name) {
        try {
          Class<?> found = Class.forName(name, false, declared.getClassLoader());
          return found.getClassLoader() == declared.getClassLoader()
              ? Optional.of(found)
              : Optional.empty();
        } catch (ClassNotFoundException e) {
          return Optional.empty();
        }
      }

      @Override
      public List<Class<?>> configured() {
        return List.of();
      }
    };
  }

  private static Object copyOfDerived(ClassLoader loader) throws Exception {
    Class<?> api = Class.forName(Api.class.getName(), false, loader);
    Constructor<?> derived =
        Class.forName(Derived.class.getName(), false, loader).getDeclaredConstructor();
    derived.setAccessible(true);
    Codec codec = new KryoCodecFactory().create(spaceOf(api));
    Method get = api.getMethod("get");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codec.encodeResult(get, derived.newInstance(), out);
    return codec.decodeResult(get, ByteBuffer.wrap(out.toByteArray()));
  }

  @Test
  void subtypesInTheBundleOfTheApiMayCross() throws Exception {
    Apart bundle = new Apart(Api.class, Base.class, Derived.class);
    assertEquals(bundle, copyOfDerived(bundle).getClass().getClassLoader());
  }

  @Test
  void aBundleThatLendsTheApiATypeIsNotOpened() {
    CodecException refused =
        assertThrows(CodecException.class, () -> copyOfDerived(new Apart(Api.class)));
    assertTrue(refused.getMessage().contains("Derived is not allowed"), refused.getMessage());
  }
}
