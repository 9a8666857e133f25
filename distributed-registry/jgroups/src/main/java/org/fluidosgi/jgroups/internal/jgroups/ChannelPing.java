package org.fluidosgi.jgroups.internal.jgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.jgroups.internal.core.Member;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.protocols.Discovery;
import org.jgroups.protocols.PingData;
import org.jgroups.protocols.PingHeader;
import org.jgroups.util.ByteArray;
import org.jgroups.util.Responses;

/** Discovery: asks the acquaintances that a channel is open to. Once in a group it asks only peers that are no members, so that a settled
 * group sends nothing, and all of them every {@link #ALL_EVERY}th time, to find members whose views differ.
 * Threads: JGroups'. */
public final class ChannelPing extends Discovery {
  private static final int ALL_EVERY = 8;

  private final Supplier<List<NodeInfo>> peers;
  private final AtomicInteger rounds = new AtomicInteger();

  /** {@code peers} are the acquaintances with an open channel now. */
  ChannelPing(Supplier<List<NodeInfo>> peers) {
    this.peers = peers;
    returnEntireCache(true);
  }

  @Override
  public boolean isDynamic() {
    return false;
  }

  @Override
  protected void findMembers(List<Address> wanted, boolean initial, Responses responses) {
    List<ChannelAddress> asked = new ArrayList<>();
    boolean all = initial || wanted != null || rounds.incrementAndGet() % ALL_EVERY == 0;
    View now = view;
    for (NodeInfo peer : peers.get()) {
      Member member = Member.of(peer);
      if (all || now == null || !MemberAddress.holds(now, member)) {
        asked.add(new ChannelAddress(member, peer.address()));
      }
    }
    if (asked.isEmpty()) {
      responses.done();
      return;
    }
    ask(asked, wanted, initial);
  }

  private void ask(List<ChannelAddress> asked, List<Address> wanted, boolean initial) {
    PingData data = new PingData(local_addr, is_server, null, transport.localPhysicalAddress());
    if (wanted != null && wanted.size() <= max_members_in_discovery_request) {
      data.mbrs(wanted);
    }
    ByteArray content = marshal(data);
    PingHeader header =
        new PingHeader(PingHeader.GET_MBRS_REQ).clusterName(cluster_name).initialDiscovery(initial);
    for (ChannelAddress address : asked) {
      Message request = new BytesMessage(address)
          .setFlag(Message.Flag.OOB, Message.Flag.DONT_BUNDLE)
          .setFlag(Message.TransientFlag.DONT_LOOPBACK)
          .putHeader(id, header)
          .setArray(content);
      down_prot.down(request);
    }
  }
}
