package org.fluidosgi.jgroups.internal.jgroups;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.HexFormat;
import java.util.UUID;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.jgroups.internal.core.Member;
import org.jgroups.Address;
import org.junit.jupiter.api.Test;

/** The byte tables of protocol-cluster, section 2. */
class AddressesTest {
  private static final NodeId NODE = NodeId.parse("00112233-4455-6677-8899-aabbccddeeff");

  private static String hex(Address address) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    address.writeTo(new DataOutputStream(bytes));
    assertEquals(address.serializedSize(), bytes.size());
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static <A extends Address> A read(A into, String hex) throws Exception {
    into.readFrom(new DataInputStream(new ByteArrayInputStream(HexFormat.of().parseHex(hex))));
    return into;
  }

  @Test
  void memberIsWrittenAsTheTableSays() throws Exception {
    MemberAddress address = new MemberAddress(new Member(NODE, 7), 1);
    String golden =
        "a41b3005d398dc1e" + "e2318a0a3f48abd8" + "0000000000000007" + "0000000000000001";
    assertEquals(golden, hex(address));
    MemberAddress read = read(new MemberAddress(), golden);
    assertEquals(address, read);
    assertEquals(new Member(NODE, 7), read.member());
  }

  @Test
  void livesAndEnginesOfANodeDiffer() {
    MemberAddress one = new MemberAddress(new Member(NODE, 7), 1);
    assertNotEquals(one, new MemberAddress(new Member(NODE, 8), 1));
    assertNotEquals(one, new MemberAddress(new Member(NODE, 7), 2));
    assertNotEquals(one, new MemberAddress(new Member(new NodeId(new UUID(0, 1)), 7), 1));
    assertEquals(one, new MemberAddress(new Member(NODE, 7), 1));
  }

  @Test
  void channelAddressIsWrittenAsTheTableSays() throws Exception {
    ChannelAddress address =
        new ChannelAddress(new Member(NODE, 7), new NodeAddress("127.0.0.1", 65_535));
    String golden = "00112233445566778899aabbccddeeff" + "0000000000000007" + "0009"
        + "3132372e302e302e31" + "ffff";
    assertEquals(golden, hex(address));
    ChannelAddress read = read(new ChannelAddress(), golden);
    assertEquals(address, read);
    assertEquals(new NodeAddress("127.0.0.1", 65_535), read.address());
  }
}
