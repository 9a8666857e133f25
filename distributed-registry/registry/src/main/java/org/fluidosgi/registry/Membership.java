package org.fluidosgi.registry;

import java.util.Set;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/** The group as this node sees it. A service.
 * Threads: any; listeners are called one at a time, in order, on the node's task queue. */
@ProviderType
public interface Membership {
  /** The view in force; alone when no engine runs. */
  View view();

  /** Members of the view that are silent at the moment. */
  Set<NodeId> suspected();

  /** Calls the listener with the view in force, then with each later one. */
  Registration listen(Listener listener);

  /** Told of views and suspicions. */
  @ConsumerType
  interface Listener {
    /** A view is in force; records of owners outside it are already gone. */
    void onView(View view);

    /** The set of silent members changed. */
    default void onSuspected(Set<NodeId> suspected) {}
  }
}
