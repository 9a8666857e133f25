package org.fluidosgi.jgroups.internal.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps back views of this node alone while the node it joins has answered but does not count us in yet: a node that is
 * joining must not look like one that is alone, not for a moment.
 * State: guarded by {@code this}; the delivery only enqueues, so it is called with the monitor held and views keep their order. */
public final class FirstView {
  private final Delivery delivery;
  private boolean open;
  private @Nullable Alone kept;

  private record Alone(long viewId, List<Member> members) {}

  /** {@code open} if nothing is kept back. */
  public FirstView(Delivery delivery, boolean open) {
    this.delivery = delivery;
    this.open = open;
  }

  /** A view of the engine. The first one that passes is no merge: nothing was shown that could be merged. */
  public synchronized void view(long viewId, List<Member> members, boolean merge) {
    if (open) {
      delivery.view(viewId, members, merge);
    } else if (members.size() > 1) {
      open = true;
      kept = null;
      delivery.view(viewId, members, false);
    } else {
      kept = new Alone(viewId, members);
    }
  }

  /** The wait is over: this node is alone, if it still is. */
  public synchronized void open() {
    open = true;
    Alone view = kept;
    kept = null;
    if (view != null) {
      delivery.view(view.viewId, view.members, false);
    }
  }
}
