package org.fluidosgi.framework.internal.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;

class BestServiceTest {
  @TempDir
  private Path cache;

  private final List<String> told = new CopyOnWriteArrayList<>();
  private Framework framework;
  private BundleContext context;

  @BeforeEach
  void startFramework() throws Exception {
    framework =
        new FrameworkFactory().newFramework(Map.of(Constants.FRAMEWORK_STORAGE, cache.toString()));
    framework.start();
    context = framework.getBundleContext();
  }

  @AfterEach
  void stopFramework() throws Exception {
    framework.stop();
    framework.waitForStop(10_000);
  }

  private ServiceRegistration<CharSequence> service(String name, int ranking) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put(Constants.SERVICE_RANKING, ranking);
    return context.registerService(CharSequence.class, name, properties);
  }

  private BestService<CharSequence> follow(Consumer<String> also) {
    BestService<CharSequence> best = new BestService<>(context, CharSequence.class, now -> {
      told.add(String.valueOf(now));
      also.accept(String.valueOf(now));
    });
    best.open();
    return best;
  }

  @Test
  void nextBestFollowsAndCloseTakesItBack() {
    ServiceRegistration<CharSequence> first = service("first", 0);
    BestService<CharSequence> best = follow(now -> {});
    service("low", 1);
    service("high", 2);
    first.unregister();
    assertEquals(List.of("first", "null", "high"), told);
    best.close();
    assertEquals("null", told.get(told.size() - 1));
  }

  @Test
  void serviceThatComesWhileAnotherGoesIsToldAfterwards() throws Exception {
    CountDownLatch going = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ServiceRegistration<CharSequence> first = service("first", 0);
    follow(now -> {
      if (now.equals("null") && going.getCount() > 0) {
        going.countDown();
        try {
          go.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    });
    CompletableFuture<Void> gone = new CompletableFuture<>();
    Thread removing = new Thread(
        () -> {
          first.unregister();
          gone.complete(null);
        },
        "best-service-test");
    removing.start();
    assertTrue(going.await(10, TimeUnit.SECONDS));
    service("second", 0);
    assertEquals(List.of("first", "null"), told);
    go.countDown();
    gone.get(10, TimeUnit.SECONDS);
    assertEquals(List.of("first", "null", "second"), told);
  }
}
