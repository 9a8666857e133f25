package org.fluidosgi.jgroups.internal.jgroups;

import java.io.DataInput;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jgroups.BytesMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.LongMessage;
import org.jgroups.Message;
import org.jgroups.MessageFactory;
import org.jgroups.ObjectMessage;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.Digest;
import org.jgroups.util.MutableDigest;
import org.jgroups.util.SeqnoList;
import org.jspecify.annotations.Nullable;

/** The kinds of messages that a packet may hold. JGroups would create any class that a packet names and would read serialized Java
 * objects; our stack sends bytes, numbers, lists of sequence numbers and digests only, so nothing else is read. What a packet may name by
 * number besides is in {@code jg-magic-map.xml}. Source: protocol-cluster, section 3. */
final class OwnMessages extends MessageFactory {
  private static final short MAGIC_DIGEST = 9;
  private static final short MAGIC_MUTABLE_DIGEST = 10;
  private static final short MAGIC_SEQUENCE_NUMBERS = 15;

  private OwnMessages() {}

  /** Replaces JGroups' kinds of messages; called once, before the first stack. */
  static void install() {
    Arrays.fill(creators, null);
    creators[Message.BYTES_MSG] = Bytes::new;
    creators[Message.EMPTY_MSG] = EmptyMessage::new;
    creators[Message.OBJ_MSG] = Numbers::new;
    creators[Message.LONG_MSG] = LongMessage::new; // credits of the flow control
  }

  private static ByteArrayDataInputStream packet(DataInput in) throws IOException {
    if (in instanceof ByteArrayDataInputStream packet) {
      return packet;
    }
    throw new IOException("not the bytes of a packet: " + in.getClass());
  }

  /** Bytes, no longer than the packet, and never an object. */
  static final class Bytes extends BytesMessage {
    @Override
    public Supplier<Message> create() {
      return Bytes::new;
    }

    @Override
    public void readPayload(DataInput in) throws IOException {
      ByteArrayDataInputStream packet = packet(in);
      int length = packet.readInt();
      if (length > packet.available()) {
        throw new IOException(length + " bytes announced, " + packet.available() + " left");
      }
      if (length >= 0) {
        byte[] bytes = new byte[length];
        packet.readFully(bytes);
        setArray(bytes, 0, length);
      }
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // JGroups' signature
    public <T> T getObject(@Nullable ClassLoader loader) {
      throw new IllegalArgumentException("a message of bytes where an object is expected");
    }
  }

  /** A list of sequence numbers or a digest. */
  static final class Numbers extends ObjectMessage {
    @Override
    public Supplier<Message> create() {
      return Numbers::new;
    }

    @Override
    public void readPayload(DataInput in) throws IOException, ClassNotFoundException {
      ByteArrayDataInputStream packet = packet(in);
      if (packet.readByte() == 0) {
        return;
      }
      short magic = packet.readShort();
      switch (magic) {
        case MAGIC_DIGEST, MAGIC_MUTABLE_DIGEST -> {
          Digest digest = magic == MAGIC_DIGEST ? new Digest() : new MutableDigest();
          digest.readFrom(packet);
          setObject(digest);
        }
        case MAGIC_SEQUENCE_NUMBERS -> setObject(sequenceNumbers(packet));
        default -> throw new IOException("an object of type " + magic);
      }
    }

    /** It begins with its length in bits, after which it allocates. */
    private static SeqnoList sequenceNumbers(ByteArrayDataInputStream packet) throws IOException {
      int start = packet.position();
      int bits = packet.readInt();
      if (bits < 0 || bits / Byte.SIZE > packet.available()) {
        throw new IOException(bits + " bits announced, " + packet.available() + " bytes left");
      }
      packet.position(start);
      SeqnoList numbers = new SeqnoList();
      numbers.readFrom(packet);
      return numbers;
    }
  }
}
