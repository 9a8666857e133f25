package org.fluidosgi.jgroups.internal.jgroups;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.util.Digest;
import org.jgroups.util.ObjectWrapperSerializable;
import org.jgroups.util.SeqnoList;
import org.jgroups.util.SizeStreamable;
import org.jgroups.util.UUID;
import org.jgroups.util.Util;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnMessagesTest {
  private static final byte TYPE_SERIALIZED = 51;
  private static final short MAGIC_SERIALIZED = 20;
  private static final short MAGIC_AUTH_HEADER = 66;

  /** Counts how often a packet created it. */
  public static final class Trap implements SizeStreamable, Serializable {
    static final AtomicInteger CREATED = new AtomicInteger();
    private static final long serialVersionUID = 1;

    public Trap() {
      CREATED.incrementAndGet();
    }

    @Override
    public int serializedSize() {
      return 0;
    }

    @Override
    public void writeTo(DataOutput out) {}

    @Override
    public void readFrom(DataInput in) {}

    private void readObject(ObjectInputStream in) {
      CREATED.incrementAndGet();
    }
  }

  private interface Writing {
    void to(DataOutputStream out) throws Exception;
  }

  @BeforeAll
  static void install() {
    OwnMessages.install();
  }

  @BeforeEach
  void nothingCreated() {
    Trap.CREATED.set(0);
  }

  private static byte[] bytes(Writing writing) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writing.to(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** A message without addresses and headers. */
  private static byte[] message(short type, short flags, Writing payload) throws Exception {
    return bytes(out -> {
      out.writeShort(type);
      out.writeByte(0);
      out.writeShort(flags);
      out.writeShort(0);
      payload.to(out);
    });
  }

  private static byte[] serializedTrap() throws Exception {
    byte[] object = bytes(out -> {
      out.writeByte(TYPE_SERIALIZED);
      new ObjectOutputStream(out).writeObject(new Trap());
    });
    Trap.CREATED.set(0);
    return object;
  }

  private static void className(DataOutput out) throws Exception {
    out.writeByte(1);
    out.writeShort(-1);
    out.writeUTF(Trap.class.getName());
  }

  /** Messages that JGroups would read and that must not be. */
  static List<byte[]> foreign() throws Exception {
    byte[] object = serializedTrap();
    return List.of(
        message(Message.OBJ_MSG, (short) 0, OwnMessagesTest::className),
        message(Message.OBJ_MSG, (short) 0, out -> {
          out.writeByte(1);
          out.writeShort(MAGIC_SERIALIZED);
          out.writeInt(object.length);
          out.write(object);
        }),
        message(Message.OBJ_MSG, (short) 0, out -> {
          out.writeByte(1);
          out.writeShort(15);
          out.writeInt(Integer.MAX_VALUE);
          out.writeLong(0);
        }),
        message(Message.BYTES_MSG, (short) 0, out -> out.writeInt(Integer.MAX_VALUE)),
        message(Message.NIO_MSG, (short) 0, out -> out.writeInt(Integer.MAX_VALUE)),
        message(Message.FRAG_MSG, (short) 0, out -> out.writeInt(Integer.MAX_VALUE)),
        message(Message.COMPOSITE_MSG, (short) 0, out -> out.writeInt(0)),
        message(Message.EARLYBATCH_MSG, (short) 0, out -> out.writeInt(0)),
        message((short) 77, (short) 0, out -> {}),
        bytes(out -> {
          out.writeShort(Message.EMPTY_MSG);
          out.writeByte(0);
          out.writeShort(0);
          out.writeShort(1);
          out.writeShort(1);
          out.writeShort(MAGIC_AUTH_HEADER);
          className(out);
        }));
  }

  @Test
  void jgroupsItselfWouldFallIntoTheTraps() throws Exception {
    byte[] named = bytes(OwnMessagesTest::className);
    new ObjectMessage().readPayload(new DataInputStream(new ByteArrayInputStream(named)));
    assertEquals(1, Trap.CREATED.get());
    byte[] object = serializedTrap();
    byte[] wrapped = bytes(out -> {
      out.writeInt(object.length);
      out.write(object);
    });
    new ObjectWrapperSerializable()
        .readFrom(new DataInputStream(new ByteArrayInputStream(wrapped)));
    assertEquals(1, Trap.CREATED.get());
  }

  @Test
  void nothingThatAPacketNamesIsCreated() throws Exception {
    int index = 0;
    for (byte[] message : foreign()) {
      assertThrows(
          Exception.class,
          () -> Util.messageFromBuffer(message, 0, message.length),
          "message " + index++);
    }
    assertEquals(0, Trap.CREATED.get());
  }

  @Test
  void bytesAreNoSerializedObject() throws Exception {
    byte[] trap = new BytesMessage(null, new Trap()).getArray();
    assertEquals(1, Trap.CREATED.getAndSet(0));
    byte[] packet = message(Message.BYTES_MSG, Message.Flag.SERIALIZED.value(), out -> {
      out.writeInt(trap.length);
      out.write(trap);
    });
    Message read = Util.messageFromBuffer(packet, 0, packet.length);
    assertThrows(IllegalArgumentException.class, read::getObject);
    assertThrows(IllegalArgumentException.class, () -> read.copy(true, true).getObject());
    assertEquals(0, Trap.CREATED.get());
  }

  @Test
  void whatTheStackSendsIsRead() throws Exception {
    SeqnoList missing = new SeqnoList(100, 7).add(8, 99);
    assertEquals(
        missing.toString(),
        roundTrip(new ObjectMessage(null, missing)).getObject().toString());
    Digest digest = new Digest(new Address[] {new UUID(1, 2)}, new long[] {3, 4});
    assertEquals(digest, roundTrip(new ObjectMessage(null, digest)).getObject());
    byte[] bytes = {1, 2, 3};
    Message copy = roundTrip(new BytesMessage(null, bytes)).copy(true, true);
    assertArrayEquals(bytes, copy.getArray());
    assertEquals(3, copy.getLength());
  }

  private static Message roundTrip(Message message) throws Exception {
    byte[] packet = Util.messageToBuffer(message).bytes();
    return Util.messageFromBuffer(packet, 0, packet.length);
  }
}
