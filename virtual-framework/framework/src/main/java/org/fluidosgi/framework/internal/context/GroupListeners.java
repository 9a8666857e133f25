package org.fluidosgi.framework.internal.context;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.fluidosgi.framework.VirtualBundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;

/** The virtual contexts whose bundle listeners hear of what the host does not tell: of bundles of other nodes, and that the group knows a new one of this node.
 * Limit: one entry per context that has listened, until it is found to have ended. Threads: any. */
public final class GroupListeners {
  private final Set<ContextView> contexts = ConcurrentHashMap.newKeySet();

  /** One more that listens. */
  void add(ContextView context) {
    contexts.removeIf(each -> !each.isValid());
    contexts.add(context);
  }

  /** Tells all of a bundle of another node; returns when all have been told. */
  public void tell(BundleEvent event) {
    each(context -> {
      if (event.getBundle() instanceof VirtualBundle bundle && context.tellsOf(bundle)) {
        context.tell(event, listener -> true);
      }
    });
  }

  /** Tells the synchronous listeners of a bundle of this node; returns when all have been told. */
  public void tellAtOnce(BundleEvent event) {
    each(context -> context.tell(event, listener -> listener instanceof SynchronousBundleListener));
  }

  /** Tells those that are not synchronous. */
  public void tellOthers(BundleEvent event) {
    each(context ->
        context.tell(event, listener -> !(listener instanceof SynchronousBundleListener)));
  }

  private void each(Consumer<ContextView> telling) {
    for (ContextView each : contexts) {
      if (each.isValid()) {
        telling.accept(each);
      } else {
        contexts.remove(each);
      }
    }
  }
}
