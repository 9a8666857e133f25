package org.fluidosgi.shell.internal.events;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.shell.internal.BundleRow;
import org.fluidosgi.shell.internal.NodeRow;
import org.fluidosgi.shell.internal.events.GroupEvent.Kind;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;

/** Listens to all that tells of the group, and puts the wanted events into a queue, until it is closed.
 * Shape: bundles and the framework by the virtual system bundle's context; nodes and shared services by their records, as
 * {@code fluid:nodes} and {@code fluid:services} list them. Threads: those of the tellers; opened and closed by one. */
final class GroupListening implements AutoCloseable {
  private final Clock clock;
  private final Wanted wanted;
  private final EventQueue queue;
  private final String own;
  private final Deque<Registration> open = new ArrayDeque<>();
  private final CountDownLatch incomplete;

  private GroupListening(Clock clock, Wanted wanted, EventQueue queue, VirtualFramework group) {
    this.clock = clock;
    this.wanted = wanted;
    this.queue = queue;
    this.own = NodeRow.label(group.localNode());
    this.incomplete = new CountDownLatch(wanted.kinds().contains(Kind.SERVICE) ? 2 : 1);
  }

  /** Begins to listen. Errors: those of the parts; nothing is left open then. */
  static GroupListening open(
      Clock clock,
      Wanted wanted,
      EventQueue queue,
      VirtualFramework group,
      RegistryStore store,
      Membership membership) {
    GroupListening listening = new GroupListening(clock, wanted, queue, group);
    try {
      listening.openAll(group, store, membership);
      return listening;
    } catch (RuntimeException e) {
      listening.close();
      throw e;
    }
  }

  private void openAll(VirtualFramework group, RegistryStore store, Membership membership) {
    Set<Kind> kinds = wanted.kinds();
    NodeEvents nodes = new NodeEvents(this, group.localNode().info().id(), membership.suspected());
    open.push(store.subscribe(Interest.inKind("node"), nodes));
    if (kinds.contains(Kind.NODE)) {
      open.push(membership.listen(nodes));
    }
    if (kinds.contains(Kind.SERVICE)) {
      open.push(store.subscribe(Interest.inKind("endpoint"), new ServiceEvents(this, nodes)));
    }
    BundleContext context = group.systemContext();
    if (kinds.contains(Kind.BUNDLE)) {
      BundleListener listener = this::bundle;
      context.addBundleListener(listener);
      open.push(() -> context.removeBundleListener(listener));
    }
    if (kinds.contains(Kind.FRAMEWORK)) {
      FrameworkListener listener = this::framework;
      context.addFrameworkListener(listener);
      open.push(() -> context.removeFrameworkListener(listener));
    }
  }

  /** Another part has taken in what there is already, and tells what happens from now on. */
  void complete() {
    incomplete.countDown();
  }

  /** Waits until all parts tell; false when that takes longer. */
  boolean awaitComplete(int seconds) throws InterruptedException {
    return incomplete.await(seconds, TimeUnit.SECONDS);
  }

  /** Puts it into the queue if it is wanted. */
  void tell(
      Kind kind,
      String node,
      String event,
      String subject,
      Map<String, Object> facts,
      Map<String, Object> matched) {
    GroupEvent told = new GroupEvent(clock.instant(), kind, node, event, subject, facts, matched);
    if (wanted.test(told)) {
      queue.put(told);
    }
  }

  private void bundle(BundleEvent event) {
    if (event.getBundle() instanceof VirtualBundle bundle) {
      BundleRow row = BundleRow.of(bundle);
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("id", row.id());
      facts.put("name", row.name());
      facts.put("version", row.version());
      String subject = row.id() + " " + row.name() + "/" + row.version();
      tell(Kind.BUNDLE, row.node(), bundleEvent(event.getType()), subject, facts, Map.of());
    }
  }

  private static String bundleEvent(int type) {
    return switch (type) {
      case BundleEvent.INSTALLED -> "INSTALLED";
      case BundleEvent.RESOLVED -> "RESOLVED";
      case BundleEvent.STARTED -> "STARTED";
      case BundleEvent.STOPPED -> "STOPPED";
      case BundleEvent.UPDATED -> "UPDATED";
      case BundleEvent.UNRESOLVED -> "UNRESOLVED";
      case BundleEvent.UNINSTALLED -> "UNINSTALLED";
      default -> Integer.toString(type);
    };
  }

  private void framework(FrameworkEvent event) {
    Bundle bundle = event.getBundle();
    String name = bundle == null ? "-" : String.valueOf(bundle.getSymbolicName());
    Throwable problem = event.getThrowable();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", name);
    facts.put("problem", problem == null ? null : problem.toString());
    String subject = name + (problem == null ? "" : " (" + problem + ")");
    tell(Kind.FRAMEWORK, own, frameworkEvent(event.getType()), subject, facts, Map.of());
  }

  private static String frameworkEvent(int type) {
    return switch (type) {
      case FrameworkEvent.STARTED -> "STARTED";
      case FrameworkEvent.ERROR -> "ERROR";
      case FrameworkEvent.WARNING -> "WARNING";
      case FrameworkEvent.INFO -> "INFO";
      case FrameworkEvent.PACKAGES_REFRESHED -> "PACKAGES_REFRESHED";
      case FrameworkEvent.STARTLEVEL_CHANGED -> "STARTLEVEL_CHANGED";
      default -> Integer.toString(type);
    };
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (IllegalStateException e) {
        System.getLogger("org.fluidosgi.shell")
            .log(System.Logger.Level.TRACE, "gone with its context already", e);
      }
    }
  }
}
