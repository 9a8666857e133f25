package org.fluidosgi.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;

/** What is opened follows the service, in a real framework. */
@Timeout(60)
class WhilePresentTest {
  @TempDir
  Path folder;

  private Framework framework;
  private BundleContext context;
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @BeforeEach
  void startFramework() throws Exception {
    framework =
        new FrameworkFactory().newFramework(Map.of(Constants.FRAMEWORK_STORAGE, folder.toString()));
    framework.start();
    context = framework.getBundleContext();
  }

  @AfterEach
  void stopFramework() throws Exception {
    framework.stop();
    framework.waitForStop(10_000);
  }

  private ServiceRegistration<String> register(String name) {
    return context.registerService(String.class, name, null);
  }

  private Registration follow() {
    return WhilePresent.open(context, String.class, name -> {
      seen.add("open " + name);
      return () -> seen.add("close " + name);
    });
  }

  private boolean isUsed(ServiceRegistration<String> service) {
    return service.getReference().getUsingBundles() != null;
  }

  @Test
  void oneServiceAtATimeThenTheBestOfTheOthers() {
    ServiceRegistration<String> a = register("a");
    try (Registration following = follow()) {
      ServiceRegistration<String> b = register("b");
      ServiceRegistration<String> c = register("c");
      assertEquals(List.of("open a"), seen);
      assertTrue(isUsed(a));
      assertNull(b.getReference().getUsingBundles());

      a.unregister();
      assertEquals(List.of("open a", "close a", "open b"), seen);
      c.unregister();
      assertEquals(3, seen.size(), seen::toString);
      b.unregister();
      assertEquals("close b", seen.get(3));
      register("d");
      assertEquals("open d", seen.get(4));
      following.close();
    }
    assertEquals("close d", seen.get(5));
    assertEquals(6, seen.size(), "closed once, no successor after closing: " + seen);
  }

  @Test
  void closingReleasesTheServiceAndTakesNoSuccessor() {
    ServiceRegistration<String> a = register("a");
    register("b");
    follow().close();
    assertEquals(List.of("open a", "close a"), seen);
    assertNull(a.getReference().getUsingBundles());
  }

  @Test
  void aServiceThatIsNotWantedIsReleased() {
    ServiceRegistration<String> a = register("a");
    try (Registration following = WhilePresent.open(context, String.class, name -> null)) {
      assertNull(a.getReference().getUsingBundles());
      a.unregister();
    }
  }

  @Test
  void anOpenerThatFailsLeavesNothing() {
    ServiceRegistration<String> a = register("a");
    assertThrows(
        IllegalStateException.class,
        () -> WhilePresent.open(context, String.class, name -> {
          throw new IllegalStateException(name);
        }));
    assertNull(a.getReference().getUsingBundles());
    a.unregister();
  }

  @Test
  void aServiceThatGoesWhileItIsOpenedIsClosed() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    ServiceRegistration<String> a = register("a");
    Thread opener = new Thread(() -> WhilePresent.open(context, String.class, name -> {
      seen.add("open " + name);
      opening.countDown();
      try {
        assertTrue(name.equals("b") || gone.await(10, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return () -> seen.add("close " + name);
    }));
    opener.start();
    assertTrue(opening.await(10, TimeUnit.SECONDS));
    register("b");
    a.unregister();
    gone.countDown();
    opener.join(10_000);
    assertEquals(List.of("open a", "close a", "open b"), seen);
  }
}
