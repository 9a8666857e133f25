package org.fluidosgi.jgroups.internal.jgroups;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.jgroups.internal.core.Delivery;
import org.fluidosgi.jgroups.internal.core.FirstView;
import org.fluidosgi.jgroups.internal.core.Member;
import org.fluidosgi.jgroups.internal.core.Roster;
import org.jgroups.Address;
import org.jgroups.MergeView;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;

/** From JGroups to the delivery thread.
 * Threads: JGroups'; never blocks. */
final class FromJGroups implements Receiver {
  private final Member self;
  private final Multicasts multicasts;
  private final ChannelMultiplexer multiplexer;
  private final ChannelTransport transport;
  private final Roster roster;
  private final Delivery delivery;
  private final FirstView views;

  FromJGroups(
      Member self,
      Multicasts multicasts,
      ChannelMultiplexer multiplexer,
      ChannelTransport transport,
      Roster roster,
      Delivery delivery,
      FirstView views) {
    this.self = self;
    this.multicasts = multicasts;
    this.multiplexer = multiplexer;
    this.transport = transport;
    this.roster = roster;
    this.delivery = delivery;
    this.views = views;
  }

  @Override
  public void viewAccepted(View view) {
    List<Member> ordered = new ArrayList<>();
    for (Address address : view.getMembers()) {
      if (address instanceof MemberAddress member) {
        ordered.add(member.member());
      }
    }
    views.view(view.getViewId().getId(), ordered, view instanceof MergeView);
    learnAddresses(ordered);
    roster.changed(ordered);
  }

  private void learnAddresses(List<Member> ordered) {
    for (ChannelAddress known : transport.known()) {
      if (ordered.contains(known.member()) && !known.member().equals(self)) {
        multiplexer.learn(known.member().node(), known.address());
      }
    }
  }

  @Override
  public void receive(Message message) {
    if (!(message.getSrc() instanceof MemberAddress from) || message.getLength() < Long.BYTES) {
      return;
    }
    ByteBuffer content =
        ByteBuffer.wrap(message.getArray(), message.getOffset(), message.getLength());
    long number = content.getLong();
    byte[] payload = new byte[content.remaining()];
    content.get(payload);
    Member sender = from.member();
    CompletableFuture<Void> mine = sender.equals(self) ? multicasts.unconfirmed(number) : null;
    delivery.message(sender, payload, mine == null ? new CompletableFuture<>() : mine);
  }
}
