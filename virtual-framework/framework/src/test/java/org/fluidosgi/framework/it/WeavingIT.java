package org.fluidosgi.framework.it;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Runs every scenario on both frameworks, and on a Felix of OSGi R7, each run in a framework of its own. */
class WeavingIT {
  @TempDir
  Path work;

  @TestFactory
  Stream<DynamicTest> onFelix() {
    return on(HostFramework.FELIX);
  }

  @TestFactory
  Stream<DynamicTest> onAFelixOlderThanR8() {
    return on(HostFramework.OLDER_FELIX);
  }

  @TestFactory
  Stream<DynamicTest> onEquinox() {
    return on(HostFramework.EQUINOX);
  }

  private Stream<DynamicTest> on(HostFramework host) {
    return Stream.of("WeavingScenario", "ContextScenario")
        .flatMap(scenario -> Arrays.stream(type(scenario).getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(Scenario.class))
            .map(Method::getName)
            .sorted()
            .map(method ->
                DynamicTest.dynamicTest(host + " " + method, () -> run(host, scenario, method))));
  }

  private static Class<?> type(String scenario) {
    try {
      return Class.forName(
          WeavingIT.class.getPackageName() + "." + scenario,
          false,
          WeavingIT.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private void run(HostFramework host, String scenario, String method) throws Throwable {
    Path directory = Files.createTempDirectory(work, "storage");
    try (URLClassLoader loader = host.loader()) {
      Class<?> type =
          Class.forName(WeavingIT.class.getPackageName() + "." + scenario, true, loader);
      try (AutoCloseable instance =
          (AutoCloseable) type.getConstructor(Path.class).newInstance(directory)) {
        type.getMethod(method).invoke(instance);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }
}
