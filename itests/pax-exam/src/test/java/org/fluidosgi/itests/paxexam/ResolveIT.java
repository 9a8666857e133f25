package org.fluidosgi.itests.paxexam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every bundle of ours resolves and starts in an empty framework with only the jars that its mandatory imports name. */
class ResolveIT {
  private static final Bundles BUNDLES =
      Bundles.in(Path.of(System.getProperty("fluid.itests.bundles")));

  @TempDir
  Path directory;

  static List<String> ours() {
    return BUNDLES.ours();
  }

  @Test
  void allBundlesAreThere() {
    assertEquals(
        List.of(
            "channel",
            "cluster-info",
            "discovery",
            "framework",
            "group-store",
            "jgroups",
            "registry",
            "rsa",
            "shell",
            "topology"),
        ours().stream().map(name -> name.substring("org.fluidosgi.".length())).toList());
  }

  @ParameterizedTest
  @MethodSource("ours")
  void resolvesAndStartsWithItsMandatoryImportsOnly(String symbolicName) throws Exception {
    List<Path> needed = BUNDLES.closure(symbolicName);
    assertTrue(
        needed.stream()
            .noneMatch(jar -> jar.toString().matches(".*(gogo|scr|configadmin|eventadmin).*")),
        () -> symbolicName + " must not need " + needed);
    try (Container container = Container.start(
        needed, Map.of("fluid.data.dir", directory.resolve("node").toString()))) {
      assertTrue(container != null);
    }
  }

  /** The check above can fail: without what it imports, a bundle does not resolve. */
  @Test
  void aBundleWithoutItsImportsIsNoticed() {
    List<Path> alone = BUNDLES.closure("org.fluidosgi.registry").subList(0, 1);
    assertThrows(Exception.class, () -> Container.start(alone, Map.of()).close());
  }
}
