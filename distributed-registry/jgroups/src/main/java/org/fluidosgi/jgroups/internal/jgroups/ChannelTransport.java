package org.fluidosgi.jgroups.internal.jgroups;

import java.io.DataInput;
import java.util.Collection;
import java.util.List;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.jgroups.internal.core.Links;
import org.fluidosgi.jgroups.internal.core.Member;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.protocols.TP;
import org.jspecify.annotations.Nullable;

/** JGroups' transport over the node's channels: no socket and no port of its own.
 * Threads: JGroups' and the network loop; nothing here blocks. */
public final class ChannelTransport extends TP {
  private final ChannelAddress own;
  private final Links links;

  ChannelTransport(NodeInfo self, Links links) {
    this.own = new ChannelAddress(Member.of(self), self.address());
    this.links = links;
  }

  @Override
  public boolean supportsMulticasting() {
    return false;
  }

  @Override
  protected PhysicalAddress getPhysicalAddress() {
    return own;
  }

  @Override
  public void sendUnicast(PhysicalAddress to, byte[] bytes, int offset, int length) {
    if (to instanceof ChannelAddress address && !address.equals(own)) {
      links.send(address.member(), address.address(), bytes, offset, length);
    }
  }

  /** A member that JGroups was not told of yet is reached on its channel, if there is one. */
  @Override
  public @Nullable PhysicalAddress getPhysicalAddressFromCache(Address logical) {
    PhysicalAddress cached = super.getPhysicalAddressFromCache(logical);
    if (cached == null && logical instanceof MemberAddress address) {
      return links
          .peer(address.member())
          .map(peer -> new ChannelAddress(address.member(), peer.address()))
          .orElse(null);
    }
    return cached;
  }

  /** Nobody of us sends lists ({@code NoBundler}), and JGroups would allocate by the length that a list announces. */
  @Override
  protected void handleMessageBatch(DataInput in, boolean multicast) {
    log.error("a packet with a list of messages is dropped");
  }

  /** A packet arrived from that peer. */
  void received(NodeInfo from, byte[] packet) {
    receive(new ChannelAddress(Member.of(from), from.address()), packet, 0, packet.length);
  }

  /** Where the members that JGroups knows of are reached. */
  Collection<ChannelAddress> known() {
    List<ChannelAddress> known = new java.util.ArrayList<>();
    for (PhysicalAddress address : getAllPhysicalAddressesFromCache()) {
      if (address instanceof ChannelAddress channelAddress) {
        known.add(channelAddress);
      }
    }
    return known;
  }
}
