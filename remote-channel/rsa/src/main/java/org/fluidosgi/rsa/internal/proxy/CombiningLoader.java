package org.fluidosgi.rsa.internal.proxy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loader of a proxy class whose interfaces come from several loaders, or of which some exist nowhere here: for those it
 * defines an empty interface of that name, so that the proxy still implements every name under which it is registered.
 * Threads: any. */
final class CombiningLoader extends ClassLoader {
  private final Map<String, Class<?>> interfaces = new HashMap<>();
  private final Set<ClassLoader> loaders = new LinkedHashSet<>();

  CombiningLoader(Collection<Class<?>> found, List<String> missing) {
    super("fluid-rsa-proxy", ClassLoader.getPlatformClassLoader());
    for (Class<?> one : found) {
      interfaces.put(one.getName(), one);
      if (one.getClassLoader() != null) {
        loaders.add(one.getClassLoader());
      }
    }
    for (String name : missing) {
      byte[] file = emptyInterface(name);
      interfaces.put(name, defineClass(name, file, 0, file.length));
    }
  }

  Class<?> named(String name) {
    Class<?> known = interfaces.get(name);
    if (known == null) {
      throw new IllegalStateException("no interface " + name);
    }
    return known;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    Class<?> known = interfaces.get(name);
    if (known != null) {
      return known;
    }
    for (ClassLoader loader : loaders) {
      Class<?> found = load(loader, name);
      if (found != null) {
        return found;
      }
    }
    throw new ClassNotFoundException(name);
  }

  private static @Nullable Class<?> load(ClassLoader loader, String name) {
    try {
      return loader.loadClass(name);
    } catch (ClassNotFoundException e) {
      return null; // the next loader may have it
    }
  }

  /** Class file of {@code public interface name {}}: Java 8 format, four constants. */
  static byte[] emptyInterface(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(0xCAFEBABE);
      out.writeShort(0);
      out.writeShort(52);
      out.writeShort(5); // constants + 1
      out.writeByte(1);
      out.writeUTF(name.replace('.', '/'));
      out.writeByte(7);
      out.writeShort(1);
      out.writeByte(1);
      out.writeUTF("java/lang/Object");
      out.writeByte(7);
      out.writeShort(3);
      out.writeShort(0x0601); // public abstract interface
      out.writeShort(2);
      out.writeShort(4);
      out.writeShort(0); // interfaces, fields, methods, attributes
      out.writeShort(0);
      out.writeShort(0);
      out.writeShort(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
