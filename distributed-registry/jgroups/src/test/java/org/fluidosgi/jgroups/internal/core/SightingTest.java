package org.fluidosgi.jgroups.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.junit.jupiter.api.Test;

class SightingTest {
  private static final byte[] KEY = new byte[32];
  private static final Sighting ASKS =
      new Sighting(true, new NodeId(new UUID(0x0102, 0x0304)), new NodeAddress("192.0.2.7", 9278));

  @Test
  void theBytesAreTheOnesOfTheProtocolPage() {
    assertEquals(
        "464c5549444d4331" + "01" + "0000000000000102" + "0000000000000304" + "0009"
            + "3139322e302e322e37" + "243e"
            + "27f99371eaf40239c07cbcc8338f26a486d70a09e44c574c32bd2ce70ef2bb4c",
        HexFormat.of().formatHex(ASKS.encode(KEY)));
  }

  @Test
  void whatWasWrittenIsRead() {
    Sighting answers = new Sighting(false, ASKS.node(), new NodeAddress("::1", 65_535));
    assertEquals(Optional.of(ASKS), Sighting.decode(ASKS.encode(KEY), KEY));
    assertEquals(Optional.of(answers), Sighting.decode(answers.encode(KEY), KEY));
  }

  @Test
  void anotherGroupsDatagramAndAnyChangedOneAreNone() {
    byte[] otherKey = KEY.clone();
    otherKey[31] = 1;
    byte[] datagram = ASKS.encode(KEY);
    assertEquals(Optional.empty(), Sighting.decode(datagram, otherKey));
    for (int i = 0; i < datagram.length; i++) {
      byte[] changed = datagram.clone();
      changed[i] ^= 1;
      assertEquals(Optional.empty(), Sighting.decode(changed, KEY), "byte " + i);
      assertEquals(Optional.empty(), Sighting.decode(Arrays.copyOf(datagram, i), KEY));
    }
    assertEquals(
        Optional.empty(), Sighting.decode(Arrays.copyOf(datagram, datagram.length + 1), KEY));
  }

  @Test
  void garbageIsNone() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] garbage = new byte[random.nextInt(Sighting.BYTES_MAX + 2)];
      random.nextBytes(garbage);
      assertEquals(Optional.empty(), Sighting.decode(garbage, KEY));
    }
  }

  /** Only a node of the group could sign it, and even that harms nobody. */
  @Test
  void signedNonsenseIsNone() {
    byte[] datagram = new Sighting(true, ASKS.node(), new NodeAddress("h", 1)).encode(KEY);
    // Kind, both bytes of the host's length, the host, the port.
    for (int[] change : new int[][] {{8, 3}, {25, 9}, {26, 9}, {27, ' '}, {29, 0}}) {
      byte[] changed = datagram.clone();
      changed[change[0]] = (byte) change[1];
      Sighting.sign(changed, KEY);
      assertEquals(Optional.empty(), Sighting.decode(changed, KEY), "byte " + change[0]);
    }
  }

  @Test
  void theKeyIsNotInIt() {
    byte[] key = HexFormat.of().parseHex("00112233445566778899aabbccddeeff".repeat(2));
    String datagram = HexFormat.of().formatHex(ASKS.encode(key));
    assertFalse(datagram.contains("00112233"), datagram);
  }

  @Test
  void aHostThatIsTooLongIsRefused() {
    Sighting longest = new Sighting(true, ASKS.node(), new NodeAddress("h".repeat(451), 1));
    assertEquals(Optional.of(longest), Sighting.decode(longest.encode(KEY), KEY));
    Sighting longer = new Sighting(true, ASKS.node(), new NodeAddress("h".repeat(452), 1));
    assertThrows(IllegalArgumentException.class, () -> longer.encode(KEY));
  }
}
