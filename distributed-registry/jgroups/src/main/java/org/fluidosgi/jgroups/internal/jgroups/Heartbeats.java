package org.fluidosgi.jgroups.internal.jgroups;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.View;
import org.jgroups.protocols.FD_ALL3;

/** FD_ALL3 that tells, on every node, whom it suspects; JGroups itself tells the coordinator only.
 * Threads: JGroups'. */
public final class Heartbeats extends FD_ALL3 {
  private final Consumer<Set<Address>> suspects;

  Heartbeats(Consumer<Set<Address>> suspects) {
    this.suspects = suspects;
  }

  @Override
  protected void suspect(List<Address> silent) {
    super.suspect(silent);
    tell();
  }

  @Override
  protected boolean unsuspect(Address back) {
    boolean was = super.unsuspect(back);
    if (was) {
      tell();
    }
    return was;
  }

  @Override
  protected void handleViewChange(View view) {
    super.handleViewChange(view);
    tell();
  }

  private void tell() {
    Set<Address> now;
    synchronized (this) {
      now = Set.copyOf(suspected_mbrs);
    }
    suspects.accept(now);
  }
}
