package org.fluidosgi.rsa.internal.osgi;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.LocalNode;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/** Runs the provider while node and channel are both there. Threads: the framework's; guarded by itself, never held while
 * calling out. */
@Header(name = "Bundle-Activator", value = "${@class}")
public final class Activator implements BundleActivator {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");

  private @Nullable ServiceTracker<LocalNode, LocalNode> nodes;
  private final Deque<LocalNode> known = new ArrayDeque<>();
  private @Nullable LocalNode current;
  private @Nullable ServiceTracker<ChannelMultiplexer, RunningNode> channels;

  /** For the framework. */
  public Activator() {}

  @Override
  public void start(BundleContext context) {
    ServiceTracker<LocalNode, LocalNode> nodeTracker =
        new ServiceTracker<>(context, LocalNode.class, null) {
          @Override
          public LocalNode addingService(ServiceReference<LocalNode> reference) {
            LocalNode node = super.addingService(reference);
            added(context, node);
            return node;
          }

          @Override
          public void removedService(ServiceReference<LocalNode> reference, LocalNode node) {
            removed(context, node);
            super.removedService(reference, node);
          }
        };
    nodes = nodeTracker;
    nodeTracker.open();
  }

  private void added(BundleContext context, LocalNode node) {
    synchronized (this) {
      known.add(node);
      if (current != null) {
        return; // one node is enough; this one is its successor
      }
      current = node;
    }
    openChannels(context, node);
  }

  private void removed(BundleContext context, LocalNode node) {
    ServiceTracker<ChannelMultiplexer, RunningNode> closing;
    LocalNode next;
    synchronized (this) {
      known.remove(node);
      if (current != node) {
        return;
      }
      closing = channels;
      channels = null;
      next = known.peekFirst();
      current = next;
    }
    if (closing != null) {
      closing.close();
    }
    if (next != null) {
      openChannels(context, next);
    }
  }

  private void openChannels(BundleContext context, LocalNode node) {
    ServiceTracker<ChannelMultiplexer, RunningNode> opening =
        new ServiceTracker<>(context, ChannelMultiplexer.class, new ServiceTrackerCustomizer<>() {
          private boolean running;

          @Override
          public @Nullable RunningNode addingService(
              ServiceReference<ChannelMultiplexer> reference) {
            ChannelMultiplexer multiplexer = running ? null : context.getService(reference);
            if (multiplexer == null) {
              return null;
            }
            try {
              RunningNode made = new RunningNode(context, node, multiplexer);
              running = true;
              return made;
            } catch (RuntimeException e) {
              context.ungetService(reference);
              LOG.log(Level.ERROR, "remote services cannot run: " + e.getMessage(), e);
              return null;
            }
          }

          @Override
          public void modifiedService(
              ServiceReference<ChannelMultiplexer> reference, RunningNode made) {}

          @Override
          public void removedService(
              ServiceReference<ChannelMultiplexer> reference, RunningNode made) {
            running = false;
            made.close();
            context.ungetService(reference);
          }
        });
    opening.open();
    boolean stale;
    synchronized (this) {
      stale = current != node;
      if (!stale) {
        channels = opening;
      }
    }
    if (stale) {
      opening.close(); // the node went while the framework told us of its channels
    }
  }

  @Override
  public void stop(BundleContext context) {
    synchronized (this) {
      known.clear(); // no successor any more
    }
    if (nodes != null) {
      nodes.close();
      nodes = null;
    }
  }
}
