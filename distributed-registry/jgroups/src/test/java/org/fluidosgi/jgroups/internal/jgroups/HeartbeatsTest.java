package org.fluidosgi.jgroups.internal.jgroups;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.jgroups.internal.core.Member;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.stack.Protocol;
import org.jgroups.stack.ProtocolStack;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members that fall silent together are suspected together. */
class HeartbeatsTest {
  private static final int CHECKS = 10;
  private static final MemberAddress SELF = address(1);
  private static final MemberAddress B = address(2);
  private static final MemberAddress C = address(3);
  private static final MemberAddress D = address(4);

  private final List<Set<Address>> told = new ArrayList<>();
  private final Heartbeats heartbeats = new Heartbeats(told::add);
  private final FD_ALL3.Bitmap ofB = new FD_ALL3.Bitmap(CHECKS);
  private final FD_ALL3.Bitmap ofC = new FD_ALL3.Bitmap(CHECKS);
  private final FD_ALL3.Bitmap ofD = new FD_ALL3.Bitmap(CHECKS);

  private static MemberAddress address(int node) {
    return new MemberAddress(new Member(new NodeId(new java.util.UUID(0, node)), 1), 0);
  }

  @BeforeEach
  void stack() {
    heartbeats.addr(SELF);
    heartbeats.setProtocolStack(new ProtocolStack());
    heartbeats.setUpProtocol(new Ignoring());
    heartbeats.setDownProtocol(new Ignoring());
  }

  private static final class Ignoring extends Protocol {
    @Override
    public Object up(Event event) {
      return null;
    }

    @Override
    public Object down(Event event) {
      return null;
    }
  }

  /** One check, as FD_ALL3 makes it. */
  private void check() {
    List<Address> silent = new ArrayList<>();
    if (heartbeats.needsToBeSuspected(B, ofB)) {
      silent.add(B);
    }
    if (heartbeats.needsToBeSuspected(C, ofC)) {
      silent.add(C);
    }
    if (heartbeats.needsToBeSuspected(D, ofD)) {
      silent.add(D);
    }
    if (!silent.isEmpty()) {
      heartbeats.suspect(silent);
    }
  }

  @Test
  void oneThatFallsSilentAloneIsSuspectedWithoutDelay() {
    for (int i = 0; i < CHECKS; i++) {
      ofC.set();
      ofD.set();
      check();
    }
    assertEquals(List.of(), told);
    check();
    assertEquals(List.of(Set.of(B)), told);
  }

  @Test
  void whoIsHeardALittleLongerGoesWithIt() {
    ofD.set();
    check();
    ofC.set(); // heard last after a check that B missed
    for (int i = 1; i <= CHECKS + 2 && told.isEmpty(); i++) {
      ofD.set();
      check();
    }
    assertEquals(List.of(Set.of(B, C)), told);
  }

  @Test
  void whoIsAboutToBeSuspectedForEverDoesNotHoldBackForEver() {
    for (int i = 0; i < CHECKS + 1 + Heartbeats.HOLDS_MAX; i++) {
      assertEquals(List.of(), told);
      ofD.set();
      // C always has one last sign of life left.
      if (i >= CHECKS) {
        heartbeats.needsToBeSuspected(C, last());
        heartbeats.suspect(new ArrayList<>(List.of(B)));
      }
    }
    assertEquals(List.of(Set.of(B)), told);
  }

  /** Signs of life of a member that the next check suspects. */
  private FD_ALL3.Bitmap last() {
    FD_ALL3.Bitmap bits = new FD_ALL3.Bitmap(1);
    bits.set();
    return bits;
  }
}
