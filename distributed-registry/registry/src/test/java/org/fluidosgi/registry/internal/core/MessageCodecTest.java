package org.fluidosgi.registry.internal.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Attributes;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.internal.compact.SharedValues;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
  private static final NodeId OWNER = new NodeId(new UUID(1, 2));
  private static final Incarnation LIFE =
      new Incarnation(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"), 3);

  private static RegistryRecord record() {
    return new RegistryRecord(
        new RecordId(OWNER, "endpoint", "urn:uuid:1"),
        LIFE,
        4,
        5,
        RegistryRecord.Scope.WORLD,
        Duration.ofMillis(6),
        1,
        Set.of("oc:b.B", "oc:a.A"),
        Map.of("x", 1L));
  }

  private static byte[] recordBytes() {
    return RecordCodec.encode(record(), Attributes.encode(record().attributes()));
  }

  private static Map<String, RegistryMessage> messages() {
    Map<String, RegistryMessage> all = new LinkedHashMap<>();
    all.put("put", new RegistryMessage.Put(LIFE, 5, recordBytes()));
    all.put("withdraw", new RegistryMessage.Withdraw(LIFE, 6, "endpoint", "urn:uuid:1"));
    all.put("digest", new RegistryMessage.Digest(LIFE, 6, 2, -1));
    all.put("request", new RegistryMessage.SnapshotRequest(LIFE, -1, 0));
    all.put("requestOn", new RegistryMessage.SnapshotRequest(LIFE, 6, 70));
    all.put("chunk", new RegistryMessage.SnapshotChunk(LIFE, 6, 71, 70, List.of(recordBytes())));
    all.put("gone", new RegistryMessage.SnapshotChunk(LIFE, -1, 0, 0, List.of()));
    return all;
  }

  @Test
  void goldenBytes() throws Exception {
    Map<String, String> golden = new LinkedHashMap<>();
    try (InputStream in = MessageCodecTest.class.getResourceAsStream("/golden/v1/messages.hex")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        String[] parts = line.split(" ", 2);
        golden.put(parts[0], parts[1]);
      }
    }
    Map<String, String> actual = new LinkedHashMap<>();
    messages()
        .forEach((name, message) ->
            actual.put(name, HexFormat.of().formatHex(MessageCodec.encode(message))));
    assertEquals(golden, actual);
    for (Map.Entry<String, String> each : golden.entrySet()) {
      RegistryMessage back = MessageCodec.decode(HexFormat.of().parseHex(each.getValue()));
      assertArrayEquals(
          HexFormat.of().parseHex(each.getValue()), MessageCodec.encode(back), each.getKey());
    }
  }

  @Test
  void recordComesBackAsItWas() {
    assertEquals(
        record(),
        RecordCodec.decode(OWNER, LIFE, recordBytes(), SharedValues.none()).record());
  }

  @Test
  void cutAndFlippedBytesAreRefusedCleanly() throws IOException {
    for (RegistryMessage message : messages().values()) {
      byte[] whole = MessageCodec.encode(message);
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        if (message instanceof RegistryMessage.Put && length >= MessageCodec.HEADER_BYTES + 8) {
          byte[] record = Arrays.copyOfRange(cut, MessageCodec.HEADER_BYTES + 8, length);
          assertThrows(
              IllegalArgumentException.class,
              () -> RecordCodec.decode(OWNER, LIFE, record, SharedValues.none()));
        } else {
          assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(cut));
        }
      }
      for (int seed = 0; seed < 2_000; seed++) {
        Random random = new Random(seed);
        byte[] bytes = whole.clone();
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        try {
          RegistryMessage back = MessageCodec.decode(bytes);
          if (back instanceof RegistryMessage.Put put) {
            RecordCodec.decode(OWNER, LIFE, put.record(), SharedValues.none());
          }
        } catch (IllegalArgumentException | UnknownMessageException e) {
          assertTrue(e.getMessage() != null, "seed " + seed);
        }
      }
    }
  }

  @Test
  void otherVersionsAndKindsAreUnknown() {
    byte[] bytes = MessageCodec.encode(messages().get("digest"));
    bytes[0] = 2;
    assertThrows(UnknownMessageException.class, () -> MessageCodec.decode(bytes));
    bytes[0] = 1;
    bytes[1] = 6;
    assertThrows(UnknownMessageException.class, () -> MessageCodec.decode(bytes));
  }

  @Test
  void hashIsFnv1a() {
    assertEquals(0xcbf29ce484222325L, RecordCodec.hash(new byte[0]));
    assertEquals(0xaf63dc4c8601ec8cL, RecordCodec.hash(new byte[] {'a'}));
    assertEquals(0x85944171f73967e8L, RecordCodec.hash("foobar".getBytes(StandardCharsets.UTF_8)));
  }
}
