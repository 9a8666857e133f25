package org.fluidosgi.launcher.internal.host;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.launcher.internal.LauncherException;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;

/** What the launcher wants to know from the node's services; by name only, it has none of their classes. */
final class NodeServices {
  private static final String JOINED = "(osgi.condition.id=fluid.joined)";
  private static final String LOCAL_NODE = "org.fluidosgi.channel.LocalNode";

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

  /** The node's advertised address. */
  String address() throws LauncherException {
    ServiceReference<?> reference = context.getServiceReference(LOCAL_NODE);
    Object node = reference == null ? null : context.getService(reference);
    if (reference == null || node == null) {
      throw new LauncherException(
          "no node came up: see fluid.log in the data folder for what org.fluidosgi.channel says");
    }
    try {
      Object info =
          reference.getBundle().loadClass(LOCAL_NODE).getMethod("info").invoke(node);
      return info.getClass().getMethod("address").invoke(info).toString();
    } catch (ReflectiveOperationException e) {
      throw new LauncherException("cannot ask the node for its address", e);
    } finally {
      context.ungetService(reference);
    }
  }
}
