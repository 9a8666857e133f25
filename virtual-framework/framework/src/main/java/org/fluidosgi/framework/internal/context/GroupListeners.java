package org.fluidosgi.framework.internal.context;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleEvent;

/** The virtual contexts whose bundle listeners hear of bundles of other nodes; of those of this node the host tells them.
 * Limit: one entry per context that has listened, until it is found to have ended. Threads: any. */
public final class GroupListeners {
  private final Set<ContextView> contexts = ConcurrentHashMap.newKeySet();

  /** One more that listens. */
  void add(ContextView context) {
    contexts.removeIf(each -> !each.isValid());
    contexts.add(context);
  }

  /** Tells all that still run; returns when all have been told. */
  public void tell(BundleEvent event) {
    for (ContextView each : contexts) {
      if (each.isValid()) {
        each.tell(event);
      } else {
        contexts.remove(each);
      }
    }
  }
}
