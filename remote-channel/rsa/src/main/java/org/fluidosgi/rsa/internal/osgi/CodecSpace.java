package org.fluidosgi.rsa.internal.osgi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.rsa.spi.ClassSpace;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.BundleWiring;

/** The class space of some interfaces and its codecs. Threads: any. */
public final class CodecSpace implements ClassSpace {
  /** Most class names of one bundle that are looked at. */
  static final int NAMES_MAX = 20_000;

  private final List<Class<?>> interfaces;
  private final List<String> allowed;
  private final Map<String, Codec> codecs = new ConcurrentHashMap<>();
  private final Map<Bundle, Set<String>> names = new ConcurrentHashMap<>();

  CodecSpace(List<Class<?>> interfaces, List<String> allowed) {
    this.interfaces = List.copyOf(interfaces);
    this.allowed = allowed;
  }

  /** The codec of that factory for this space. */
  public Codec codec(CodecFactory factory) {
    return codecs.computeIfAbsent(factory.name(), name -> factory.create(this));
  }

  @Override
  public List<Class<?>> interfaces() {
    return interfaces;
  }

  @Override
  public Optional<Class<?>> beside(Class<?> declared, String name) {
    Bundle bundle = FrameworkUtil.getBundle(declared);
    if (bundle == null
        || bundle.getBundleId() == 0
        || !names.computeIfAbsent(bundle, CodecSpace::classNames).contains(name)) {
      return Optional.empty();
    }
    try {
      Class<?> found = Class.forName(name, false, declared.getClassLoader());
      return found.getClassLoader() == declared.getClassLoader()
          ? Optional.of(found)
          : Optional.empty();
    } catch (ClassNotFoundException | LinkageError e) {
      return Optional.empty();
    }
  }

  private static Set<String> classNames(Bundle bundle) {
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    Set<String> names = new HashSet<>();
    if (wiring == null) {
      return names;
    }
    for (String path : wiring.listResources(
        "/", "*.class", BundleWiring.LISTRESOURCES_LOCAL | BundleWiring.LISTRESOURCES_RECURSE)) {
      if (names.size() >= NAMES_MAX) {
        break;
      }
      names.add(path.substring(0, path.length() - ".class".length()).replace('/', '.'));
    }
    return names;
  }

  @Override
  public List<Class<?>> configured() {
    List<Class<?>> found = new ArrayList<>();
    for (String name : allowed) {
      Class<?> type = visible(name);
      if (type != null) {
        found.add(type);
      }
    }
    return found;
  }

  private @Nullable Class<?> visible(String name) {
    for (Class<?> api : interfaces) {
      try {
        return Class.forName(name, false, api.getClassLoader());
      } catch (ClassNotFoundException | LinkageError e) {
        continue; // another interface may see it; this class space may do without it
      }
    }
    return null;
  }
}
