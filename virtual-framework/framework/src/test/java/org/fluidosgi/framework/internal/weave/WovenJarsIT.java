package org.fluidosgi.framework.internal.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weaves every class of large jars full of contexts, and has the JVM verify each woven one. */
class WovenJarsIT {
  private static final int FEWEST = 10;
  private final ClassWeaver weaver = new ClassWeaver(Entry.class.getName().replace('.', '/'));

  private final class WovenJar extends URLClassLoader {
    private final JarFile jar;
    private final List<String> woven = new ArrayList<>();

    WovenJar(Path file) throws IOException {
      super(new URL[] {file.toUri().toURL()}, WovenJarsIT.class.getClassLoader());
      jar = new JarFile(file.toFile());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      JarEntry entry = jar.getJarEntry(name.replace('.', '/') + ".class");
      // The API itself comes from the class path, as the entry point's does.
      if (entry == null || name.startsWith("org.osgi.") || findLoadedClass(name) != null) {
        return super.loadClass(name, resolve);
      }
      try {
        byte[] bytes = jar.getInputStream(entry).readAllBytes();
        byte[] changed = weaver.weave(bytes);
        if (changed != null) {
          woven.add(name);
          bytes = changed;
        }
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      jar.close();
      super.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"org.apache.felix.scr", "org.apache.felix.framework", "org.eclipse.osgi"})
  void everyWovenClassPassesTheVerifier(String name) throws Exception {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    try (WovenJar loader = new WovenJar(Path.of("target", "it-bundles", name + ".jar"))) {
      for (JarEntry entry : loader.jar.stream().toList()) {
        String file = entry.getName();
        if (!file.endsWith(".class") || file.contains("META-INF") || file.contains("-info")) {
          continue;
        }
        String type = file.substring(0, file.length() - 6).replace('/', '.');
        try {
          Class<?> loaded = Class.forName(type, false, loader);
          if (loader.woven.contains(type)) {
            checked++;
            Class.forName(type, true, loaded.getClassLoader()); // links, and so verifies
          }
        } catch (VerifyError | ClassFormatError | IncompatibleClassChangeError e) {
          wrong.add(type + ": " + e);
        } catch (LinkageError e) {
          // It needs classes that are not here, or its initializer does: the verifier has not
          // complained.
          assertTrue(
              e instanceof NoClassDefFoundError || e instanceof ExceptionInInitializerError,
              e::toString);
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(checked >= FEWEST, "only " + checked + " classes were woven");
  }
}
