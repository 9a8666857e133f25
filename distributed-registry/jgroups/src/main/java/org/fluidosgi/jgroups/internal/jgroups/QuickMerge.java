package org.fluidosgi.jgroups.internal.jgroups;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.View;
import org.jgroups.ViewId;
import org.jgroups.protocols.MERGE3;

/** MERGE3 that does not wait for its next round when a node outside the view shows itself. Its own rounds remain as the safety net.
 * Threads: JGroups'. */
public final class QuickMerge extends MERGE3 {
  private static final long CHECK_MILLIS = 100;

  private final AtomicBoolean checkPending = new AtomicBoolean();

  /** Tells the peers outside the view about ours, at once. */
  void announce() {
    if (timer != null && view != null) {
      timer.execute(this::sendInfo);
    }
  }

  @Override
  protected void addInfo(
      Address sender, ViewId viewId, String logicalName, PhysicalAddress physicalAddress) {
    super.addInfo(sender, viewId, logicalName, physicalAddress);
    View now = view;
    if (now != null && !now.containsMember(sender) && checkPending.compareAndSet(false, true)) {
      timer.schedule(
          () -> {
            checkPending.set(false);
            checkInconsistencies();
          },
          CHECK_MILLIS,
          TimeUnit.MILLISECONDS);
    }
  }
}
