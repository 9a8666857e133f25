package org.fluidosgi.itests.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.fluidosgi.channel.Env;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which module may use which, and which package alone may touch a foreign API. */
class ArrowsTest {
  private static final String ROOT = "org.fluidosgi.";

  /** Module (first package segment) to the modules it may use: the drawing in docs/architecture.md, nothing else. */
  private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
      Map.entry("channel", Set.of()),
      Map.entry("rsa", Set.of("channel")),
      Map.entry("registry", Set.of("channel")),
      Map.entry("jgroups", Set.of("channel", "registry")),
      Map.entry("groupstore", Set.of("channel", "registry")),
      Map.entry("discovery", Set.of("channel", "registry")),
      Map.entry("clusterinfo", Set.of("channel")),
      Map.entry("topology", Set.of()),
      Map.entry("framework", Set.of("channel", "registry", "groupstore", "topology")),
      Map.entry("shell", Set.of("channel", "rsa", "registry", "groupstore", "framework")),
      Map.entry("history", Set.of()),
      Map.entry("simulation", Set.of("channel", "registry", "groupstore", "history")));

  /** Module to the private packages of others that it may use: the simulation is white-box by nature, it runs the very cores. */
  private static final Map<String, List<String>> WHITE_BOX = Map.of(
      "simulation",
      List.of(
          "org.fluidosgi.registry.internal",
          "org.fluidosgi.registry.internal.core",
          "org.fluidosgi.groupstore.internal.core",
          "org.fluidosgi.groupstore.internal.raft"));

  /** Foreign API to the only packages that may touch it. */
  private static final Map<String, List<String>> FOREIGN = Map.of(
      "io.netty..", List.of("org.fluidosgi.channel.internal.netty.."),
      "org.jgroups..", List.of("org.fluidosgi.jgroups.internal.jgroups.."),
      "io.microraft..", List.of("org.fluidosgi.groupstore.internal.raft.."),
      "org.slf4j..", List.of("org.fluidosgi.groupstore.internal.slf4j.."),
      "org.objectweb.asm..", List.of("org.fluidosgi.framework.internal.weave.."),
      "com.esotericsoftware..", List.of("org.fluidosgi.rsa.internal.kryo.."),
      "com.fasterxml.jackson..",
          List.of("org.fluidosgi.channel.internal.cbor..", "org.fluidosgi.shell.internal.json.."),
      "org.osgi.framework.hooks.service..", List.of("..internal.hooks.."),
      "org.osgi.framework.hooks.weaving..", List.of("org.fluidosgi.framework.internal.weave.."),
      "org.apache.felix.service.command..", List.of("org.fluidosgi.shell.internal.."));

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("org.fluidosgi");
  }

  static Set<String> modules() {
    return ARROWS.keySet();
  }

  static Set<Map.Entry<String, List<String>>> foreign() {
    return FOREIGN.entrySet();
  }

  @Test
  void everyClassBelongsToAKnownModule() {
    Set<String> unknown = new TreeSet<>();
    for (JavaClass each : classes) {
      if (module(each).filter(ARROWS::containsKey).isEmpty()
          && !each.getPackageName().startsWith(ROOT + "itests")) {
        unknown.add(each.getName());
      }
    }
    assertFalse(classes.isEmpty(), "no classes found: the rules would hold for nothing");
    assertFalse(!unknown.isEmpty(), () -> "classes outside the modules of the drawing: " + unknown);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void aModuleUsesOnlyExportedPackagesOfModulesItMayUse(String module) {
    assertFalse(classesOf(module).isEmpty(), () -> "no class found in " + ROOT + module);
    ArchRule rule = ArchRuleDefinition.classes()
        .that()
        .resideInAPackage(ROOT + module + "..")
        .should(followTheArrows(module));
    rule.check(classes);
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void aForeignApiStaysInItsPackage(Map.Entry<String, List<String>> entry) {
    noClasses()
        .that()
        .resideInAPackage("org.fluidosgi..")
        .and()
        .resideOutsideOfPackages(entry.getValue().toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(entry.getKey())
        .check(classes);
  }

  @Test
  void coresUseOnlyTheJdkAndExportedPackages() {
    noClasses()
        .that()
        .resideInAPackage("org.fluidosgi..internal.core..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "javax.crypto..",
            "org.fluidosgi..",
            "org.jspecify..",
            "org.osgi.annotation..")
        .check(classes);
  }

  @Test
  void coresHaveNoClockNoThreadAndNoRandomnessOfTheirOwn() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.fluidosgi..internal.core..",
            // The same seed, the same run: only the command around it has a clock.
            "org.fluidosgi.simulation.*..")
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callConstructor(java.util.Random.class)
        .orShould()
        .callConstructor(Thread.class, Runnable.class)
        .orShould()
        .callConstructor(Thread.class, Runnable.class, String.class)
        .check(classes);
  }

  /** Wall clocks jump and differ. The channel hands the time of day on, to whoever wants to show it; JGroups and MicroRaft have
   * monotonic clocks. */
  @Test
  void nothingInTheRegistryIsDecidedByTheTimeOfDay() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.fluidosgi.registry..",
            "org.fluidosgi.groupstore..",
            "org.fluidosgi.jgroups..",
            "org.fluidosgi.discovery..",
            "org.fluidosgi.clusterinfo..")
        .and()
        .areNotAssignableTo(Env.class) // an Env around another one hands it on
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Env.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(Clock.class, "systemDefaultZone")
        .orShould()
        .callConstructor(Date.class)
        .check(classes);
  }

  @Test
  void noStaticFieldIsMutable() {
    ArchRuleDefinition.fields()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage("org.fluidosgi..")
        .and()
        .areStatic()
        .should()
        .beFinal()
        .check(classes);
  }

  private static List<JavaClass> classesOf(String module) {
    return classes.stream()
        .filter(each -> module(each).filter(module::equals).isPresent())
        .toList();
  }

  private static Optional<String> module(JavaClass type) {
    String name = type.getPackageName() + ".";
    return name.startsWith(ROOT)
        ? Optional.of(name.substring(ROOT.length(), name.indexOf('.', ROOT.length())))
        : Optional.empty();
  }

  private static ArchCondition<JavaClass> followTheArrows(String module) {
    return new ArchCondition<>("use only exported packages of " + ARROWS.get(module)) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getDirectDependenciesFromSelf().forEach(use -> {
          JavaClass target = use.getTargetClass().getBaseComponentType();
          Optional<String> other = module(target).filter(name -> !name.equals(module));
          boolean allowed = other.isEmpty()
              || (ARROWS.get(module).contains(other.get())
                  && (!target.getPackageName().contains(".internal")
                      || WHITE_BOX
                          .getOrDefault(module, List.of())
                          .contains(target.getPackageName())));
          if (!allowed) {
            events.add(SimpleConditionEvent.violated(use, use.getDescription()));
          }
        });
      }
    };
  }
}
