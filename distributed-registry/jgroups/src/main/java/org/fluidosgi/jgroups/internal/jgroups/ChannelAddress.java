package org.fluidosgi.jgroups.internal.jgroups;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Objects;
import java.util.function.Supplier;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.jgroups.internal.core.Member;
import org.jgroups.Address;
import org.jgroups.Constructable;
import org.jgroups.PhysicalAddress;
import org.jspecify.annotations.Nullable;

/** JGroups' physical address: which member, and where its channel is reached. Equal when the member is.
 * Shape on the wire: 16 bytes node UUID, 8 bytes incarnation counter, UTF host, 2 bytes port. Threads: immutable once read.
 * Source: protocol-cluster. */
public final class ChannelAddress implements PhysicalAddress, Constructable<ChannelAddress> {
  private static final Member NOBODY = new Member(new NodeId(new java.util.UUID(0, 0)), 0);

  private Member member = NOBODY;
  private String host = "";
  private int port;

  /** For JGroups, which reads into it. */
  public ChannelAddress() {}

  ChannelAddress(Member member, NodeAddress address) {
    this.member = member;
    this.host = address.host();
    this.port = address.port();
  }

  Member member() {
    return member;
  }

  /** Errors: IllegalArgumentException when a peer sent no valid address. */
  NodeAddress address() {
    return new NodeAddress(host, port);
  }

  @Override
  public Supplier<? extends ChannelAddress> create() {
    return ChannelAddress::new;
  }

  @Override
  public String printIpAddress() {
    return host + ":" + port;
  }

  /** Only JGroups' own socket transports ask; a host name is never resolved here. */
  @Override
  public InetAddress getIpAddress() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public int getPort() {
    return port;
  }

  @Override
  public int serializedSize() {
    // A host name is ASCII; writeUTF puts two bytes of length before it.
    return 3 * Long.BYTES + Short.BYTES + host.length() + Short.BYTES;
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    out.writeLong(member.node().uuid().getMostSignificantBits());
    out.writeLong(member.node().uuid().getLeastSignificantBits());
    out.writeLong(member.incarnation());
    out.writeUTF(host);
    out.writeShort(port);
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    long high = in.readLong();
    long low = in.readLong();
    member = new Member(new NodeId(new java.util.UUID(high, low)), in.readLong());
    host = in.readUTF();
    port = in.readUnsignedShort();
  }

  @Override
  public int compareTo(Address other) {
    if (!(other instanceof ChannelAddress that)) {
      return getClass().getName().compareTo(other.getClass().getName());
    }
    int nodes = member.node().compareTo(that.member.node());
    return nodes != 0 ? nodes : Long.compare(member.incarnation(), that.member.incarnation());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ChannelAddress that && member.equals(that.member);
  }

  @Override
  public int hashCode() {
    return Objects.hash(member);
  }

  @Override
  public String toString() {
    return member + "@" + printIpAddress();
  }
}
