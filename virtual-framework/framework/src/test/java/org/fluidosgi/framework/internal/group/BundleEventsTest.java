package org.fluidosgi.framework.internal.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.osgi.framework.Bundle.ACTIVE;
import static org.osgi.framework.Bundle.INSTALLED;
import static org.osgi.framework.Bundle.RESOLVED;
import static org.osgi.framework.Bundle.STARTING;
import static org.osgi.framework.Bundle.STOPPING;
import static org.osgi.framework.Bundle.UNINSTALLED;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;

class BundleEventsTest {
  private static final List<Integer> STATES =
      List.of(UNINSTALLED, INSTALLED, RESOLVED, STARTING, STOPPING, ACTIVE);

  /** Core 4.4.2: from which states an event may come. The first state is that of a bundle which is not there. */
  private static final Map<Integer, Set<Integer>> MAY_COME = Map.of(
      BundleEvent.INSTALLED, Set.of(UNINSTALLED),
      BundleEvent.RESOLVED, Set.of(INSTALLED),
      BundleEvent.STARTING, Set.of(RESOLVED),
      BundleEvent.STARTED, Set.of(STARTING),
      BundleEvent.STOPPING, Set.of(STARTING, ACTIVE),
      BundleEvent.STOPPED, Set.of(STOPPING),
      BundleEvent.UNRESOLVED, Set.of(RESOLVED),
      BundleEvent.UPDATED, Set.of(INSTALLED),
      BundleEvent.UNINSTALLED, Set.of(INSTALLED));

  private static final Map<Integer, Integer> LEADS_TO = Map.of(
      BundleEvent.INSTALLED, INSTALLED,
      BundleEvent.RESOLVED, RESOLVED,
      BundleEvent.STARTING, STARTING,
      BundleEvent.STARTED, ACTIVE,
      BundleEvent.STOPPING, STOPPING,
      BundleEvent.STOPPED, RESOLVED,
      BundleEvent.UNRESOLVED, INSTALLED,
      BundleEvent.UPDATED, INSTALLED,
      BundleEvent.UNINSTALLED, UNINSTALLED);

  private static BundleFacts facts(int state, long modified) {
    return new BundleFacts(
        new VirtualId(2, 7),
        9,
        "b",
        "1.0.0",
        "loc",
        "0".repeat(64),
        10,
        state,
        modified,
        BundleFacts.Start.NONE,
        1);
  }

  @Test
  void aBundleThatAppearsHasBeenThroughItsStates() {
    assertEquals(
        List.of(
            BundleEvent.INSTALLED, BundleEvent.RESOLVED, BundleEvent.STARTING, BundleEvent.STARTED),
        BundleEvents.path(null, facts(ACTIVE, 1)));
    assertEquals(List.of(), BundleEvents.path(facts(ACTIVE, 1), facts(ACTIVE, 1)));
    assertEquals(List.of(), BundleEvents.path(null, null));
    assertEquals(List.of(), BundleEvents.path(null, facts(UNINSTALLED, 1)));
  }

  @Test
  void anUpdateOfARunningBundleStopsItFirst() {
    assertEquals(
        List.of(
            BundleEvent.STOPPING,
            BundleEvent.STOPPED,
            BundleEvent.UNRESOLVED,
            BundleEvent.UPDATED,
            BundleEvent.RESOLVED,
            BundleEvent.STARTING,
            BundleEvent.STARTED),
        BundleEvents.path(facts(ACTIVE, 1), facts(ACTIVE, 2)));
  }

  @Test
  void aNodeThatGoesTakesItsBundlesThroughStopAndUninstallation() {
    assertEquals(
        List.of(
            BundleEvent.STOPPING,
            BundleEvent.STOPPED,
            BundleEvent.UNRESOLVED,
            BundleEvent.UNINSTALLED),
        BundleEvents.path(facts(ACTIVE, 1), null));
  }

  @Test
  void aListenerThatDoesNotKeepUpMissesStepsAndNothingElse() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<BundleEvent> heard = new CopyOnWriteArrayList<>();
    Bundle blocking = bundle();
    Bundle busy = bundle();
    Bundle gone = bundle();
    try (BundleEvents events = new BundleEvents("n", event -> {
      await(go);
      heard.add(event);
    })) {
      events.changed(blocking, facts(INSTALLED, 1));
      events.changed(gone, facts(INSTALLED, 1));
      events.changed(gone, null);
      for (int i = 0; i < BundleEvents.WAITING_MAX; i++) {
        events.changed(busy, facts(i % 2 == 0 ? ACTIVE : RESOLVED, 1));
      }
      events.changed(busy, facts(ACTIVE, 2));
      go.countDown();
      Awaitility.await()
          .until(() -> heard.stream()
              .anyMatch(
                  event -> event.getBundle() == busy && event.getType() == BundleEvent.STARTED));
      assertTrue(heard.size() < 100, () -> heard.size() + " events");
      assertEquals(BundleEvent.INSTALLED, heard.get(0).getType());
      assertTrue(heard.stream().noneMatch(event -> event.getBundle() == gone));
      events.changed(blocking, null);
      Awaitility.await()
          .until(() -> heard.stream()
              .anyMatch(event ->
                  event.getBundle() == blocking && event.getType() == BundleEvent.UNINSTALLED));
    }
  }

  @Test
  void aFailureWhileOneIsToldDoesNotKeepTheNextFromBeingTold() {
    List<Integer> heard = new CopyOnWriteArrayList<>();
    try (BundleEvents events = new BundleEvents("n", event -> {
      heard.add(event.getType());
      throw new IllegalStateException("on purpose");
    })) {
      events.changed(bundle(), facts(RESOLVED, 1));
      Awaitility.await()
          .until(() -> heard.equals(List.of(BundleEvent.INSTALLED, BundleEvent.RESOLVED)));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Bundle bundle() {
    return (Bundle) Proxy.newProxyInstance(
        BundleEventsTest.class.getClassLoader(),
        new Class<?>[] {Bundle.class},
        (proxy, method, arguments) ->
            method.getName().equals("hashCode") ? System.identityHashCode(proxy) : "a bundle");
  }

  @Test
  void anyTwoDescriptionsAreJoinedByAPathOfTheStateMachine() {
    Random random = new Random(1);
    BundleFacts before = null;
    int state = UNINSTALLED;
    for (int i = 0; i < 20_000; i++) {
      BundleFacts now = random.nextInt(8) == 0
          ? null
          : facts(STATES.get(random.nextInt(STATES.size())), random.nextInt(2));
      for (int event : BundleEvents.path(before, now)) {
        int from = state;
        assertTrue(
            MAY_COME.get(event).contains(from),
            () -> "event " + event + " in state " + from + " towards " + now);
        state = LEADS_TO.get(event);
      }
      assertEquals(now == null ? UNINSTALLED : now.state(), state);
      before = now;
    }
  }
}
