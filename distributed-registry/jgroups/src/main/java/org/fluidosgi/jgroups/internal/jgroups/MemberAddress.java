package org.fluidosgi.jgroups.internal.jgroups;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.jgroups.internal.core.Member;
import org.jgroups.Address;
import org.jgroups.util.UUID;

/** JGroups' name of a member: two lives of a node are unequal, and so are two engines that one life runs one after the other;
 * the node is read from the address itself.
 * Shape on the wire: 16 bytes UUID (lower half first), 8 bytes incarnation counter, 8 bytes number of the engine; the UUID is the node's, its lower half
 * mixed with the counter and its upper half with the engine's number, because JGroups compares nothing but the UUID.
 * Threads: immutable once read. Source: protocol-cluster. */
public final class MemberAddress extends UUID {
  private static final int BYTES = 4 * Long.BYTES;

  private long incarnation;
  private long engine;

  /** For JGroups, which reads into it. */
  public MemberAddress() {}

  /** {@code engine} differs between the engines of one life; its lower bits are the {@link Founding}. */
  MemberAddress(Member member, long engine) {
    super(
        member.node().uuid().getMostSignificantBits() ^ mix(engine),
        member.node().uuid().getLeastSignificantBits() ^ mix(member.incarnation()));
    this.incarnation = member.incarnation();
    this.engine = engine;
  }

  /** How this member came to its group. */
  Founding founding() {
    return Founding.of(engine);
  }

  Member member() {
    return new Member(
        new NodeId(new java.util.UUID(mostSigBits ^ mix(engine), leastSigBits ^ mix(incarnation))),
        incarnation);
  }

  static boolean holds(org.jgroups.View view, Member member) {
    return view.getMembers().stream()
        .anyMatch(address -> address instanceof MemberAddress a && a.member().equals(member));
  }

  @Override
  public Supplier<? extends UUID> create() {
    return MemberAddress::new;
  }

  @Override
  public int serializedSize() {
    return BYTES;
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    super.writeTo(out);
    out.writeLong(incarnation);
    out.writeLong(engine);
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    super.readFrom(in);
    incarnation = in.readLong();
    engine = in.readLong();
  }

  @Override
  public UUID copy() {
    return this;
  }

  /** By founding first: of nodes that find each other before any has a group, JGroups lets the least form it. */
  @Override
  public int compareTo(UUID other) {
    int byFounding =
        other instanceof MemberAddress address ? founding().compareTo(address.founding()) : 0;
    return byFounding != 0 ? byFounding : super.compareTo(other);
  }

  @Override
  public int compareTo(Address other) {
    return compareTo((UUID) other);
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }

  @Override
  public String toString() {
    return member().toString();
  }

  /** Finalizer of SplitMix64: near counters give far apart bits. */
  private static long mix(long counter) {
    long z = counter * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
