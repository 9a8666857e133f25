package org.fluidosgi.jgroups.internal.jgroups;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.protocols.FD_ALL3;

/** FD_ALL3 that tells, on every node, whom it suspects (JGroups itself tells the coordinator only), and that waits up to
 * {@link #HOLDS_MAX} checks while more members are about to be suspected: those that a cut takes away go in one view.
 * Threads: JGroups'; checks run one after the other and own {@code holds}. */
public final class Heartbeats extends FD_ALL3 {
  /** Checks for which a suspicion is held back. */
  static final int HOLDS_MAX = 2;

  private final Consumer<Set<Address>> suspects;

  /** Members that will be suspected at the next check unless they are heard before. */
  private final Set<Address> late = ConcurrentHashMap.newKeySet();

  private int holds;

  Heartbeats(Consumer<Set<Address>> suspects) {
    this.suspects = suspects;
  }

  /** A heartbeat is sent though multicasts were: members are compared by when they were heard last. */
  @Override
  public Object down(Message message) {
    return down_prot.down(message);
  }

  @Override
  protected <T> boolean needsToBeSuspected(Address member, T heard) {
    boolean silent = super.needsToBeSuspected(member, heard);
    if (!silent && heard instanceof Bitmap bits && bits.needsToSuspect()) {
      late.add(member);
    } else {
      late.remove(member);
    }
    return silent;
  }

  /** FD_ALL3 names the silent at every check anew. */
  @Override
  protected void suspect(List<Address> silent) {
    if (!late.isEmpty() && holds < HOLDS_MAX) {
      holds++;
      return;
    }
    holds = 0;
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
    late.retainAll(view.getMembers());
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
