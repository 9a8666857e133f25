package org.fluidosgi.framework.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;

/** What virtual bundles see of their context, however they are started. */
public final class WeavingScenario extends RunningFramework {
  public WeavingScenario(Path directory) throws Exception {
    super(directory);
  }

  @Scenario
  public void plainActivatorIsGivenItsVirtualContext() throws Exception {
    Bundle bundle = plain("virtual:plain");
    bundle.start(Bundle.START_TRANSIENT);
    assertVirtual("start", "util", "again", "reference", "loader", "lambda", "inner");
    assertSame(seen.get("start"), seen.get("again"));
    assertSame(((BundleContext) seen.get("start")).getBundle(), seen.get("util"));
    assertSame(seen.get("registeredService"), seen.get("trackedService"));
    bundle.stop();
    assertSame(seen.get("start"), seen.get("stop"));
  }

  @Scenario
  public void ordinaryBundleIsLeftAlone() throws Exception {
    Bundle bundle = plain("host:plain");
    bundle.start();
    assertSame(bundle.getBundleContext(), seen.get("start"));
    assertSame(bundle, seen.get("util"));
    bundle.stop();
    assertHostStop(bundle);
  }

  private void assertHostStop(Bundle bundle) {
    assertEquals(Bundle.RESOLVED, bundle.getState());
    assertFalse(seen.get("stop").getClass().getSimpleName().equals("LocalVirtualContext"));
  }

  @Scenario
  public void inheritedFinalStartIsWovenInTheSameBundle() throws Exception {
    Bundle bundle = install(
        "virtual:inherited",
        Jars.bundle("probe.inherited")
            .header("Bundle-Activator", "probe.inherited.Activator")
            .header("Import-Package", IMPORTS)
            .probe("probe", "probe.inherited")
            .open());
    bundle.start(Bundle.START_TRANSIENT);
    assertVirtual("final", "begin", "kept");
    bundle.stop();
    assertSame(seen.get("final"), seen.get("finalStop"));
  }

  @Scenario
  public void superclassInAnOrdinaryBundleStaysUnwovenButItsCallsArrive() throws Exception {
    library("host:lib");
    Bundle uses = uses("virtual:uses");
    uses.start(Bundle.START_TRANSIENT);
    assertHost(uses, "first");
    assertVirtual("begin");
    uses.stop();
    assertEquals("late", seen.get("end"));
    assertSame(seen.get("begin"), seen.get("endContext"));
  }

  private Bundle library(String location) throws Exception {
    return install(
        location,
        Jars.bundle("probe.lib")
            .header("Export-Package", "probe.lib")
            .header("Import-Package", IMPORTS)
            .probe("probe.lib")
            .open());
  }

  private Bundle uses(String location) throws Exception {
    return install(
        location,
        Jars.bundle("probe.uses")
            .header("Bundle-Activator", "probe.uses.Activator")
            .header("Import-Package", IMPORTS + ",probe.lib")
            .probe("probe", "probe.uses")
            .open());
  }

  @Scenario
  public void refreshOfALibraryStopsTheActivatorBeforeItsLoaderGoes() throws Exception {
    Bundle library = library("host:lib");
    Bundle uses = uses("virtual:uses");
    uses.start(Bundle.START_TRANSIENT);
    Object before = seen.remove("begin");
    seen.remove("first");
    refresh(library);
    assertEquals("late", seen.get("end"), "the activator was stopped while its library was there");
    assertSame(before, seen.get("endContext"));
    assertEquals(Bundle.ACTIVE, uses.getState());
    assertVirtual("begin");
    assertFalse(before.equals(seen.get("begin")));
  }

  private void refresh(Bundle bundle) throws Exception {
    CountDownLatch refreshed = new CountDownLatch(1);
    framework.adapt(FrameworkWiring.class).refreshBundles(Set.of(bundle), event -> {
      if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
        refreshed.countDown();
      }
    });
    assertTrue(refreshed.await(20, TimeUnit.SECONDS));
  }

  @Scenario
  public void refreshOfOursLeavesVirtualBundlesWoven() throws Exception {
    Bundle before = plain("virtual:before");
    before.start(Bundle.START_TRANSIENT);
    assertVirtual("start");
    seen.clear();
    seen.last = true;
    refresh(fluid);
    assertEquals(Bundle.ACTIVE, fluid.getState());
    // Felix may restart it before us; then we refresh it once more.
    await().until(() -> isVirtual(seen.get("start")) && before.getState() == Bundle.ACTIVE);
    assertVirtual("start", "util", "again", "reference", "loader", "lambda", "inner");
  }

  @Scenario
  public void bundleThatRanBeforeUsIsRefreshed() throws Exception {
    fluid.stop();
    Bundle early = plain("virtual:early");
    early.start(Bundle.START_TRANSIENT);
    assertSame(early.getBundleContext(), seen.get("start"));
    seen.last = true;
    fluid.start();
    await().until(() -> isVirtual(seen.get("start")) && early.getState() == Bundle.ACTIVE);
    assertVirtual("start", "util", "again", "reference", "loader", "lambda", "inner");
  }

  @Scenario
  public void componentIsInjectedWithItsVirtualContext() throws Exception {
    componentRuntime("host:org.apache.felix.scr");
    component().start(Bundle.START_TRANSIENT);
    assertVirtual("dsMethod", "dsConstructor", "dsField", "dsComponent");
    assertSame(seen.get("dsMethod"), seen.get("dsField"));
  }

  @Scenario
  public void componentRuntimeMayItselfBeVirtual() throws Exception {
    componentRuntime("virtual:org.apache.felix.scr");
    Bundle bundle = component();
    bundle.start(Bundle.START_TRANSIENT);
    await().until(() -> seen.containsKey("dsComponent"));
    assertVirtual("dsMethod", "dsConstructor", "dsField", "dsComponent");
    assertSame(seen.get("dsMethod"), seen.get("dsField"));
    assertEquals(bundle, context.getServiceReference(Runnable.class).getBundle());
    bundle.stop();
    assertNull(context.getServiceReference(Runnable.class));
  }

  @Scenario
  public void shellMayBeVirtualAndListsTheGroup() throws Exception {
    for (String name : List.of("org.apache.felix.gogo.runtime", "org.apache.felix.gogo.command")) {
      Path jar = HostFramework.BUNDLES.resolve(name + ".jar");
      install("virtual:" + name, Files.newInputStream(jar)).start(Bundle.START_TRANSIENT);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    Object shell = context.getService(
        context.getServiceReference("org.apache.felix.service.command.CommandProcessor"));
    Object session = shell
        .getClass()
        .getMethod("createSession", InputStream.class, OutputStream.class, OutputStream.class)
        .invoke(shell, InputStream.nullInputStream(), print, print);
    Method execute = session.getClass().getMethod("execute", CharSequence.class);
    execute.setAccessible(true);
    Object result = execute.invoke(session, "lb -l");
    String text = out.toString(StandardCharsets.UTF_8) + result;
    assertTrue(text.contains("virtual:org.apache.felix.gogo.command"), "output: " + text);
    assertTrue(
        text.contains(String.valueOf(1L << 32).substring(0, 4)),
        "virtual ids: " + "output: " + text);
    assertFalse(text.contains("host:asm"), "output: " + text);
  }

  private void componentRuntime(String location) throws Exception {
    for (String name :
        List.of("org.osgi.util.function", "org.osgi.util.promise", "org.osgi.service.component")) {
      install("host:" + name, Files.newInputStream(HostFramework.BUNDLES.resolve(name + ".jar")))
          .start();
    }
    Path scr = HostFramework.BUNDLES.resolve("org.apache.felix.scr.jar");
    install(location, Files.newInputStream(scr)).start(Bundle.START_TRANSIENT);
  }

  private Bundle component() throws Exception {
    String xml = """
        <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" name="probe"
            init="1" activate="activate" activation-fields="field" immediate="true">
          <implementation class="probe.ds.Component"/>
          <service><provide interface="java.lang.Runnable"/></service>
        </scr:component>
        """;
    return install(
        "virtual:ds",
        Jars.bundle("probe.ds")
            .header("Service-Component", "OSGI-INF/probe.xml")
            .header("Import-Package", IMPORTS + ",org.osgi.service.component")
            .header(
                "Require-Capability", "osgi.extender;filter:=\"(osgi.extender=osgi.component)\"")
            .file("OSGI-INF/probe.xml", xml.getBytes(StandardCharsets.UTF_8))
            .probe("probe", "probe.ds")
            .open());
  }

  @Scenario
  public void lazyBundleIsActivatedOnceByItsFirstClass() throws Exception {
    Bundle bundle = lazy();
    bundle.start(Bundle.START_TRANSIENT | Bundle.START_ACTIVATION_POLICY);
    assertEquals(Bundle.STARTING, bundle.getState());
    assertNull(seen.get("lazy"));
    bundle.loadClass("probe.Seen");
    assertEquals(Bundle.ACTIVE, bundle.getState());
    assertVirtual("lazy");
    bundle.stop();
    assertSame(seen.get("lazy"), seen.get("lazyStop"));
  }

  @Scenario
  public void lazyBundleIsActivatedOnceWhenStartedEagerly() throws Exception {
    Bundle bundle = lazy();
    bundle.start(Bundle.START_TRANSIENT);
    assertEquals(Bundle.ACTIVE, bundle.getState());
    bundle.loadClass("probe.Seen");
    assertVirtual("lazy");
  }

  private Bundle lazy() throws Exception {
    return install(
        "virtual:lazy",
        Jars.bundle("probe.lazy")
            .header("Bundle-Activator", "probe.lazy.Activator")
            .header("Bundle-ActivationPolicy", "lazy")
            .header("Import-Package", IMPORTS)
            .probe("probe", "probe.lazy")
            .open());
  }

  @Scenario
  public void classOfAFragmentIsWovenWithItsHost() throws Exception {
    Bundle bundle = install(
        "virtual:host",
        Jars.bundle("probe.host")
            .header("Bundle-Activator", "probe.lazy.Activator")
            .header("Import-Package", IMPORTS)
            .open());
    install(
        "virtual:fragment",
        Jars.bundle("probe.fragment")
            .header("Fragment-Host", "probe.host")
            .probe("probe", "probe.lazy")
            .open());
    bundle.start(Bundle.START_TRANSIENT);
    assertVirtual("lazy");
  }

  @Scenario
  public void hookOutlivesAClassThatCannotBeWoven() throws Exception {
    byte[] future = read("probe/lazy/Activator.class");
    future[6] = 0;
    future[7] = (byte) 200; // class file version of a Java to come
    for (int i = 0; i < 3; i++) {
      Bundle bad = install(
          "virtual:bad" + i,
          Jars.bundle("probe.bad" + i)
              .header("Import-Package", IMPORTS)
              .file("probe/lazy/Activator.class", future)
              .open());
      assertThrows(Throwable.class, () -> bad.loadClass("probe.lazy.Activator"));
    }
    plainActivatorIsGivenItsVirtualContext();
  }

  private static byte[] read(String name) throws IOException {
    try (InputStream in = WeavingScenario.class.getClassLoader().getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  @Scenario
  public void bundleWithItsOwnCopyOfTheApiIsLeftUnwoven() throws Exception {
    Bundle bundle = install(
        "virtual:copy",
        Jars.bundle("probe.copy")
            .resources(List.of(
                "org/osgi/framework/BundleContext.class",
                "org/osgi/framework/BundleReference.class",
                "org/osgi/framework/BundleActivator.class",
                "org/osgi/framework/ServiceReference.class",
                "org/osgi/framework/InvalidSyntaxException.class",
                "org/osgi/framework/Bundle.class"))
            .probe("probe", "probe.lazy")
            .open());
    Object activator =
        bundle.loadClass("probe.lazy.Activator").getDeclaredConstructor().newInstance();
    Method start = activator
        .getClass()
        .getMethod("start", bundle.loadClass("org.osgi.framework.BundleContext"));
    Throwable thrown = assertThrows(
            InvocationTargetException.class, () -> start.invoke(activator, new Object[] {null}))
        .getCause();
    // Its own complaint about the null; a woven one would fail to link our BundleContext with its
    // own.
    assertInstanceOf(IllegalStateException.class, thrown, thrown::toString);
  }

  @Scenario
  public void runningBundleDoesNotNoticeThatWeStop() throws Exception {
    Bundle bundle = plain("virtual:plain");
    bundle.start(Bundle.START_TRANSIENT);
    Callable<?> echo = (Callable<?>) seen.get("registeredService");
    fluid.stop();
    assertTrue(isVirtual(echo.call()), "it keeps the context that it has");
    Bundle late = plain("virtual:late");
    seen.clear();
    late.start(Bundle.START_TRANSIENT);
    assertSame(late.getBundleContext(), seen.get("start"), "a new one gets the host's");
    seen.clear();
    bundle.stop();
    assertEquals(Bundle.RESOLVED, bundle.getState());
    assertTrue(seen.get("stop").getClass().getSimpleName().equals("LocalVirtualContext"));
    late.stop();
  }

  @Scenario
  public void runningBundleDoesNotNoticeThatWeAreUninstalled() throws Exception {
    Bundle bundle = plain("virtual:plain");
    bundle.start(Bundle.START_TRANSIENT);
    Callable<?> echo = (Callable<?>) seen.get("registeredService");
    fluid.uninstall();
    assertTrue(isVirtual(echo.call()));
    bundle.stop();
    assertEquals(Bundle.RESOLVED, bundle.getState());
  }

  @Scenario
  public void weStartAgainAndGoOn() throws Exception {
    Bundle bundle = plain("virtual:plain");
    bundle.start(Bundle.START_TRANSIENT);
    fluid.stop();
    fluid.start();
    Callable<?> echo = (Callable<?>) seen.get("registeredService");
    assertTrue(isVirtual(echo.call()));
    bundle.stop();
    seen.clear();
    bundle.start(Bundle.START_TRANSIENT);
    assertVirtual("start", "util", "again", "lambda", "inner");
  }

  @Scenario
  public void bundleIsWovenAgainAfterARestartOfTheFramework() throws Exception {
    plain("virtual:plain").start(Bundle.START_TRANSIENT);
    close();
    launch();
    Bundle bundle = context.getBundle("virtual:plain");
    assertEquals(Bundle.ACTIVE, context.getBundle("host:fluid").getState());
    assertFalse(bundle.getState() == Bundle.ACTIVE, "started transiently, so not by the host");
    bundle.start(Bundle.START_TRANSIENT);
    assertVirtual("start", "util", "again", "reference", "loader", "lambda", "inner");
    bundle.stop();
  }
}
