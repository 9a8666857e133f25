package org.fluidosgi.launcher.internal.host;

import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.fluidosgi.launcher.internal.LauncherException;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;

/** What the launcher wants to know from the node's services; by name only, it has none of their classes. */
final class NodeServices {
  private static final String JOINED = "(osgi.condition.id=fluid.joined)";
  private static final String LOCAL_NODE = "org.fluidosgi.channel.LocalNode";
  private static final String MEMBERSHIP = "org.fluidosgi.registry.Membership";
  private static final String FRAMEWORK = "org.fluidosgi.framework.VirtualFramework";
  private static final Integer UNNUMBERED = 0;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final BundleContext context;

  NodeServices(BundleContext context) {
    this.context = context;
  }

  /** Waits for the node to have joined; false when it has not by then. */
  boolean awaitJoined(long millis) throws LauncherException {
    CountDownLatch joined = new CountDownLatch(1);
    ServiceListener listener = event -> {
      if (event.getType() == ServiceEvent.REGISTERED) {
        joined.countDown();
      }
    };
    try {
      context.addServiceListener(listener, JOINED);
      try {
        return context.getAllServiceReferences(null, JOINED) != null
            || joined.await(millis, TimeUnit.MILLISECONDS);
      } finally {
        context.removeServiceListener(listener);
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LauncherException("interrupted", e);
    }
  }

  /** Waits until each member of the group has told who it is and has a number of its own; false when that takes longer. */
  boolean awaitSettled(long millis) {
    long begin = System.nanoTime();
    while (!settled()) {
      if (System.nanoTime() - begin > TimeUnit.MILLISECONDS.toNanos(millis)
          || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  private boolean settled() {
    Optional<Reflected> membership = Reflected.service(context, MEMBERSHIP);
    Optional<Reflected> framework = Reflected.service(context, FRAMEWORK);
    if (membership.isEmpty() || framework.isEmpty()) {
      return true; // nothing that could be waited for
    }
    Object view = membership.get().get("view");
    int members = ((Collection<?>) Reflected.of(view).get("members")).size();
    Set<Object> numbers = new HashSet<>();
    for (Object node : (Collection<?>) framework.get().get("nodes")) {
      numbers.add(Reflected.of(node).get("ordinal"));
    }
    return numbers.size() >= members && !numbers.contains(UNNUMBERED);
  }

  /** The node's advertised address. */
  String address() throws LauncherException {
    Reflected node = Reflected.service(context, LOCAL_NODE)
        .orElseThrow(() -> new LauncherException("no node came up: see fluid.log in the data folder"
            + " for what org.fluidosgi.channel says"));
    return Reflected.of(node.get("info")).get("address").toString();
  }
}
