package org.fluidosgi.jgroups.internal.jgroups;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.jgroups.internal.core.Links;
import org.fluidosgi.jgroups.internal.core.Member;
import org.fluidosgi.jgroups.internal.core.Roster;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.View;
import org.jgroups.ViewId;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.logging.LogFactory;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.NoBundler;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;

/** The protocol stack, built in code, from the transport up. */
final class Stack implements Roster.Group {
  private static final short MAGIC_MEMBER = 4001;
  private static final short MAGIC_CHANNEL = 4002;
  private static final short ID_PING = 4001;
  private static final short ID_MERGE = 4002;
  private static final short ID_HEARTBEATS = 4003;
  private static final short ID_NOTICE = 4004;

  private static final int HEARTBEATS_PER_TIMEOUT = 10;
  private static final int VERIFY_MILLIS = 100;
  private static final int JOIN_MILLIS = 1500;
  private static final int JOIN_TRIES = 3;
  private static final int LEAVE_MILLIS = 1000;
  private static final int VIEW_ACK_MILLIS = 1000;
  private static final int MERGE_MILLIS = 3000;
  private static final int RETRANSMIT_MILLIS = 200;
  private static final int MERGE_INFO_MILLIS_LEAST = 500;
  private static final int MERGE_INFO_MILLIS_MOST = 1500;
  private static final int THREADS_MAX = 64;
  private static final int THREAD_IDLE_MILLIS = 3_000;

  final ChannelTransport transport;
  private final QuickMerge merge = new QuickMerge();
  private final ViewNotice notice = new ViewNotice(this::expelled);
  private final VERIFY_SUSPECT2 verify = new VERIFY_SUSPECT2();
  private final JChannel channel;
  private volatile Founding founding = Founding.FOUNDER;

  static {
    // JGroups' registries are static, in this bundle's private copy of JGroups: filled once, never
    // changed.
    LogFactory.setCustomLogFactory(JGroupsLog.factory());
    OwnMessages.install();
    ClassConfigurator.add(MAGIC_MEMBER, MemberAddress.class);
    ClassConfigurator.add(MAGIC_CHANNEL, ChannelAddress.class);
    ClassConfigurator.addProtocol(ID_PING, ChannelPing.class);
    ClassConfigurator.addProtocol(ID_MERGE, QuickMerge.class);
    ClassConfigurator.addProtocol(ID_HEARTBEATS, Heartbeats.class);
    ClassConfigurator.addProtocol(ID_NOTICE, ViewNotice.class);
    ClassConfigurator.add(ViewNotice.Mark.MAGIC, ViewNotice.Mark.class);
  }

  Stack(
      NodeInfo self,
      Settings settings,
      Links links,
      Supplier<List<NodeInfo>> peers,
      Consumer<Set<Address>> suspects,
      long engine)
      throws Exception {
    int silenceMillis = silenceMillis(settings);
    this.transport = transport(self, links);
    this.channel = new JChannel(
        transport,
        new ChannelPing(peers),
        merge(),
        notice,
        heartbeats(suspects, silenceMillis),
        verify(),
        multicast(),
        unicast(),
        new STABLE(),
        membership(),
        new UFC(),
        new MFC(),
        new FRAG4());
    Member member = Member.of(self);
    channel.setName(self.name());
    channel.addAddressGenerator(() -> new MemberAddress(member, founding.mark(engine)));
    channel.setDiscardOwnMessages(false);
  }

  /** Silence after which a member is suspected. Errors: IllegalArgumentException naming key and bounds. */
  static int silenceMillis(Settings settings) {
    return settings.number("fluid.jgroups.silence.millis", 2500, 500, 60_000);
  }

  JChannel channel() {
    return channel;
  }

  /** Joins the group, or forms one. */
  void connect(String group, Founding how) throws Exception {
    founding = how;
    channel.connect(group);
  }

  /** Runs the task on JGroups' pool: some of its calls wait for other members. */
  void execute(Runnable task) {
    transport.getThreadPool().execute(task);
  }

  /** Only the coordinator-to-be acts on it. */
  @Override
  public void left(Member member) {
    View view = channel.getView();
    if (view == null) {
      return;
    }
    List<Address> gone = view.getMembers().stream()
        .filter(address -> address instanceof MemberAddress a && a.member().equals(member))
        .toList();
    if (!gone.isEmpty()) {
      execute(() -> verify.getUpProtocol().up(new Event(Event.SUSPECT, gone)));
    }
  }

  @Override
  public void tellView(NodeInfo peer) {
    notice.tell(new ChannelAddress(Member.of(peer), peer.address()));
  }

  @Override
  public void announce() {
    if (channel.isConnected()) {
      merge.announce();
    }
  }

  /** The others of that view of ours go on without us: so do we, at once, and merge with them if they are there. */
  private void expelled(ViewId own, List<Address> gone) {
    execute(() -> {
      View view = channel.getView();
      if (view != null && view.getViewId().equals(own)) {
        verify.getUpProtocol().up(new Event(Event.SUSPECT, gone));
        announce();
      }
    });
  }

  private static ChannelTransport transport(NodeInfo self, Links links) {
    ChannelTransport transport = new ChannelTransport(self, links);
    transport.setBindAddress(
        InetAddress.getLoopbackAddress()); // or JGroups searches the host's interfaces
    transport.useVirtualThreads(false);
    transport.setThreadFactory(new FluidThreads());
    transport.getThreadPool().setMaxThreads(THREADS_MAX);
    transport.getThreadPool().setKeepAliveTime(THREAD_IDLE_MILLIS);
    transport.setBundler(new NoBundler()); // the channel gathers frames for one flush by itself
    return transport;
  }

  private QuickMerge merge() {
    merge.setMaxInterval(MERGE_INFO_MILLIS_MOST);
    merge.setMinInterval(MERGE_INFO_MILLIS_LEAST);
    return merge;
  }

  private static Heartbeats heartbeats(Consumer<Set<Address>> suspects, int silenceMillis) {
    Heartbeats heartbeats = new Heartbeats(suspects);
    heartbeats.setInterval(silenceMillis / HEARTBEATS_PER_TIMEOUT);
    heartbeats.setTimeout(silenceMillis);
    return heartbeats;
  }

  private VERIFY_SUSPECT2 verify() {
    verify.setTimeout(VERIFY_MILLIS);
    return verify;
  }

  private static NAKACK2 multicast() {
    NAKACK2 multicast = new NAKACK2();
    multicast.useMcastXmit(false);
    multicast.setXmitInterval(RETRANSMIT_MILLIS);
    multicast.logDiscardMessages(false);
    return multicast;
  }

  private static UNICAST3 unicast() {
    UNICAST3 unicast = new UNICAST3();
    unicast.setXmitInterval(RETRANSMIT_MILLIS);
    unicast.logNotFoundMsgs(false);
    return unicast;
  }

  private static GMS membership() {
    GMS membership = new GMS();
    membership.setMembershipChangePolicy(new FairMerge());
    membership.setJoinTimeout(JOIN_MILLIS);
    membership.setMaxJoinAttempts(JOIN_TRIES);
    membership.setLeaveTimeout(LEAVE_MILLIS);
    membership.setMergeTimeout(MERGE_MILLIS);
    membership.setViewAckCollectionTimeout(VIEW_ACK_MILLIS);
    membership.printLocalAddress(false);
    membership.printPhysicalAddress(false);
    membership.logViewWarnings(false);
    return membership;
  }
}
