package org.fluidosgi.channel.internal.core;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.ChannelException.Effect;

/** Writes frames and reads their parts; all numbers big endian. Source: protocol-channel section 2:
 * {@code u32 length of the rest | u8 type | u8 flags | u32 stream | body}. */
final class Frames {
  static final int LENGTH_BYTES = 4;
  static final int HEADER_BYTES = 10;

  /** Bytes of a REQUEST besides its payload, counted as the length field does. */
  static final int REQUEST_OVERHEAD = HEADER_BYTES - LENGTH_BYTES + 14;

  private static final long U32_MAX = 0xffff_ffffL;

  private Frames() {}

  static ByteBuffer begin(int type, int stream, int bodyBytes) {
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + bodyBytes);
    return frame
        .putInt(HEADER_BYTES - LENGTH_BYTES + bodyBytes)
        .put((byte) type)
        .put((byte) 0)
        .putInt(stream);
  }

  static OutFrame frame(int type, int stream, byte[] body) {
    return new OutFrame(begin(type, stream, body.length).put(body).array());
  }

  static OutFrame open(int stream, String endpoint) {
    byte[] name = endpoint.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer frame = begin(FrameType.OPEN, stream, 1 + name.length);
    return new OutFrame(frame.put((byte) name.length).put(name).array());
  }

  static OutFrame message(int stream, ByteBuffer payload) {
    ByteBuffer frame = begin(FrameType.MESSAGE, stream, payload.remaining());
    return withPayload(frame, payload);
  }

  static OutFrame request(int stream, CallHeader call, ByteBuffer payload) {
    ByteBuffer frame = begin(FrameType.REQUEST, stream, 14 + payload.remaining());
    frame.putLong(call.callId()).putShort((short) call.attempt()).putInt(timeoutMillis(call));
    return withPayload(frame, payload);
  }

  /** Zero stands for no deadline, so anything shorter than a millisecond counts as one. */
  private static int timeoutMillis(CallHeader call) {
    if (call.timeout().isZero()) {
      return 0;
    }
    return (int) Math.max(1, Math.min(U32_MAX, call.timeout().toMillis()));
  }

  static OutFrame response(int stream, CallHeader call, ByteBuffer payload) {
    ByteBuffer frame = begin(FrameType.RESPONSE, stream, 10 + payload.remaining());
    frame.putLong(call.callId()).putShort((short) call.attempt());
    return withPayload(frame, payload);
  }

  static OutFrame failure(int stream, CallHeader call, Effect effect, String text) {
    byte[] utf8 = cut(text);
    ByteBuffer frame = begin(FrameType.FAILURE, stream, 13 + utf8.length);
    frame.putLong(call.callId()).putShort((short) call.attempt()).put((byte) effectNumber(effect));
    return new OutFrame(frame.putShort((short) utf8.length).put(utf8).array());
  }

  static OutFrame cancel(int stream, CallHeader call) {
    ByteBuffer frame = begin(FrameType.CANCEL, stream, 10);
    return new OutFrame(
        frame.putLong(call.callId()).putShort((short) call.attempt()).array());
  }

  static OutFrame close(int stream, CloseCode code, String text) {
    byte[] utf8 = cut(text);
    ByteBuffer frame = begin(FrameType.CLOSE, stream, 3 + utf8.length);
    frame.put((byte) code.number()).putShort((short) utf8.length);
    return new OutFrame(frame.put(utf8).array());
  }

  static OutFrame ping(int type, long token) {
    return new OutFrame(begin(type, 0, 8).putLong(token).array());
  }

  /** REJECT or GOAWAY. */
  static OutFrame farewell(int type, int code, String text) {
    byte[] utf8 = cut(text);
    ByteBuffer frame = begin(type, 0, 4 + utf8.length);
    frame.putShort((short) code).putShort((short) utf8.length);
    return new OutFrame(frame.put(utf8).array());
  }

  private static OutFrame withPayload(ByteBuffer frame, ByteBuffer payload) {
    byte[] bytes = frame.array();
    // Absolute: the giver's buffer keeps its position, and no duplicate of it is made.
    payload.get(payload.position(), bytes, frame.position(), payload.remaining());
    return new OutFrame(bytes);
  }

  static int effectNumber(Effect effect) {
    return switch (effect) {
      case NONE -> 0;
      case DONE -> 1;
      case UNKNOWN -> 2;
    };
  }

  static Effect effect(int number) {
    return switch (number) {
      case 0 -> Effect.NONE;
      case 1 -> Effect.DONE;
      default -> Effect.UNKNOWN;
    };
  }

  static int u32(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }

  /** Errors: ProtocolException unless that many bytes are left. */
  static void need(ByteBuffer body, int bytes, String what) {
    if (body.remaining() < bytes) {
      throw new ProtocolException(
          what + " is cut short: " + body.remaining() + " bytes instead of " + bytes);
    }
  }

  /** A text with a u16 length before it; what could mislead a reader of logs is replaced. */
  static String text(ByteBuffer body, String what) {
    need(body, 2, what);
    int length = body.getShort() & 0xffff;
    need(body, length, what);
    byte[] utf8 = new byte[length];
    body.get(utf8);
    String text = new String(utf8, StandardCharsets.UTF_8);
    return text.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static byte[] cut(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= Limits.TEXT_BYTES_MAX) {
      return utf8;
    }
    int end = Limits.TEXT_BYTES_MAX;
    while ((utf8[end] & 0xc0) == 0x80) {
      end--; // not inside a character
    }
    return java.util.Arrays.copyOf(utf8, end);
  }

  /** Strict UTF-8. Errors: ProtocolException. */
  static String name(byte[] utf8, String what) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new ProtocolException(what + " is no UTF-8");
    }
  }
}
