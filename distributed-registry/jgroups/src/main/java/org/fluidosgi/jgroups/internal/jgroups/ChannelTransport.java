package org.fluidosgi.jgroups.internal.jgroups;

import java.io.DataInput;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.jgroups.internal.core.Links;
import org.fluidosgi.jgroups.internal.core.Member;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.Version;
import org.jgroups.protocols.TP;
import org.jspecify.annotations.Nullable;

/** JGroups' transport over the node's channels: no socket and no port of its own.
 * Threads: JGroups' and the network loop; nothing here blocks. */
public final class ChannelTransport extends TP {
  /** Nodes of another version that are named; more are not. */
  private static final int VERSIONS_TOLD_MAX = 256;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private final NodeInfo self;
  private final Set<NodeId> versionTold = ConcurrentHashMap.newKeySet();
  private final ChannelAddress own;
  private final Links links;

  ChannelTransport(NodeInfo self, Links links) {
    this.self = self;
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

  /** A packet arrived from that peer. One that speaks another version is said once. */
  void received(NodeInfo from, byte[] packet) {
    if (packet.length >= Short.BYTES) {
      short version = ByteBuffer.wrap(packet).getShort();
      if (!Version.isBinaryCompatible(version)) {
        tellVersion(from, version);
        return;
      }
    }
    receive(new ChannelAddress(Member.of(from), from.address()), packet, 0, packet.length);
  }

  private void tellVersion(NodeInfo from, short version) {
    if (versionTold.size() < VERSIONS_TOLD_MAX && versionTold.add(from.id())) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: {1} ({2}) sends cluster packets of version {3}, this node understands {4}: they are dropped and it"
              + " cannot be a member; run the same version of Fluid OSGi on both",
          self.name(),
          from.name(),
          from.address(),
          Version.print(version),
          Version.printVersion());
    }
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
