package org.fluidosgi.channel.internal.core;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.StreamHandler;
import org.jspecify.annotations.Nullable;

/** The receiving side of a channel: takes frames, serves streams and requests.
 * Threads: the link's loop; handlers complete requests from any thread. What a handler throws ends its call or stream only. */
final class Inbound implements LinkHandler {
  private final Connection connection;
  private final int peerParity;
  private final Map<Long, IncomingRequest> serving = new ConcurrentHashMap<>();
  private int lastPeerStream;
  private @Nullable String farewell;

  /** The dialer opens odd streams, the acceptor even ones. */
  Inbound(Connection connection, boolean dialer) {
    this.connection = connection;
    this.peerParity = dialer ? 0 : 1;
  }

  @Override
  public void frame(int type, int flags, int stream, ByteBuffer body) {
    if (!connection.isOpen()) {
      return;
    }
    connection.heartbeat().heard();
    switch (type) {
      case FrameType.REQUEST -> request(stream, body);
      case FrameType.RESPONSE -> response(stream, body);
      case FrameType.MESSAGE -> message(stream, body);
      case FrameType.FAILURE -> failure(stream, body);
      case FrameType.CANCEL -> cancel(body);
      case FrameType.OPEN -> open(stream, body);
      case FrameType.CLOSE -> closeStream(stream, body);
      case FrameType.PING -> {
        Frames.need(body, 8, "PING");
        connection.control(Frames.ping(FrameType.PONG, body.getLong()));
      }
      case FrameType.PONG -> {
        Frames.need(body, 8, "PONG");
        connection.heartbeat().pong(body.getLong());
      }
      case FrameType.GOAWAY -> {
        Frames.need(body, 2, "GOAWAY");
        body.getShort();
        farewell = Frames.text(body, "GOAWAY");
      }
      default -> throw new ProtocolException("frame type " + type + " is unknown or out of place");
    }
  }

  @Override
  public void malformed(ProtocolException failure) {
    String text = "protocol error: " + failure.getMessage();
    connection.owner().quietLog().warn(connection.self().name() + ": " + connection + ": " + text);
    connection.close(GoAway.PROTOCOL, text);
  }

  @Override
  public void linkClosed(@Nullable Throwable failure) {
    String told = farewell;
    if (told != null) {
      connection.lost("the peer said: " + told);
    } else if (failure != null) {
      connection.lost("the connection broke: " + failure.getMessage());
    } else {
      connection.lost("the peer ended the connection");
    }
  }

  private void open(int id, ByteBuffer body) {
    Frames.need(body, 1, "OPEN");
    byte[] utf8 = new byte[body.get() & 0xff];
    Frames.need(body, utf8.length, "OPEN name");
    body.get(utf8);
    String endpoint = Frames.name(utf8, "OPEN name");
    if (id <= lastPeerStream || (id & 1) != peerParity) {
      throw new ProtocolException("stream " + id + " cannot be opened after " + lastPeerStream);
    }
    lastPeerStream = id;
    Served served = connection.owner().endpoints().find(endpoint);
    if (served == null) {
      refuse(id, CloseCode.UNKNOWN_ENDPOINT, "no endpoint '" + endpoint + "' is served there");
    } else if (connection.streams().size() >= 2 * connection.limits().streamsMax()) {
      refuse(id, CloseCode.LIMIT, "more than " + connection.limits().streamsMax() + " streams");
    } else {
      Stream stream = new Stream(connection, id, endpoint, served);
      connection.streams().put(id, stream);
      guard(stream, () -> served.handler().onOpen(stream));
      if (served.isWithdrawn()) {
        connection.closeStream(stream, CloseCode.WITHDRAWN, "the endpoint was withdrawn");
      }
    }
  }

  private void refuse(int id, CloseCode code, String text) {
    connection.control(Frames.close(id, code, text));
  }

  /** The open stream of that number; null when it is closed already, which the peer may not know yet. */
  private @Nullable Stream stream(int id) {
    Stream stream = connection.streams().get(id);
    if (stream == null && (id <= 0 || ((id & 1) == peerParity && id > lastPeerStream))) {
      throw new ProtocolException("stream " + id + " was never opened");
    }
    return stream;
  }

  /** Who takes what comes on a stream: on one that we opened, our own endpoint of that name. */
  private @Nullable StreamHandler handler(Stream stream) {
    Served served = stream.served();
    if (served == null) {
      served = connection.owner().endpoints().find(stream.endpoint());
    }
    return served == null ? null : served.handler();
  }

  private void message(int id, ByteBuffer body) {
    Stream stream = stream(id);
    StreamHandler handler = stream == null ? null : handler(stream);
    if (stream != null && handler != null) {
      guard(stream, () -> handler.onMessage(stream, body));
    }
  }

  private void request(int id, ByteBuffer body) {
    Frames.need(body, 14, "REQUEST");
    long callId = body.getLong();
    int attempt = body.getShort() & 0xffff;
    Duration timeout = Duration.ofMillis(body.getInt() & 0xffff_ffffL);
    Stream stream = stream(id);
    if (stream == null) {
      return; // its CLOSE is on the way and fails the call
    }
    CallHeader header = new CallHeader(callId, attempt, timeout);
    StreamHandler handler = handler(stream);
    IncomingRequest request = new IncomingRequest(header, stream);
    if (handler == null) {
      fail(request, Effect.NONE, "endpoint " + stream.endpoint() + " is not served there");
    } else if (serving.size() >= connection.limits().callsMax()) {
      fail(
          request,
          Effect.NONE,
          "more than " + connection.limits().callsMax() + " calls are running");
    } else if (serving.putIfAbsent(callId, request) != null) {
      fail(request, Effect.NONE, "call " + callId + " is running already");
    } else {
      serve(handler, request, body.slice());
    }
  }

  private void serve(StreamHandler handler, IncomingRequest request, ByteBuffer body) {
    CompletionStage<ByteBuffer> stage;
    try {
      stage = handler.onRequest(request.stream(), request, body);
      if (stage == null) {
        throw new IllegalStateException("the handler returned null");
      }
    } catch (Throwable e) {
      Fatal.rethrow(e);
      stage = CompletableFuture.failedFuture(e);
    }
    stage.whenComplete((response, failure) -> {
      if (serving.remove(request.header().callId(), request) && connection.isOpen()) {
        respond(request, response, failure);
      }
    });
  }

  private void respond(
      IncomingRequest request, @Nullable ByteBuffer response, @Nullable Throwable failure) {
    if (failure != null) {
      Throwable cause = failure instanceof CompletionException && failure.getCause() != null
          ? failure.getCause()
          : failure;
      Effect effect = cause instanceof ChannelException channel ? channel.effect() : Effect.UNKNOWN;
      String text = cause instanceof ChannelException && cause.getMessage() != null
          ? cause.getMessage()
          : cause.toString();
      fail(request, effect, text);
      return;
    }
    if (response == null) {
      fail(request, Effect.UNKNOWN, "the handler answered null");
      return;
    }
    int most = Math.min(connection.limits().frameBytesMax(), connection.peerFrameBytesMax())
        - Frames.REQUEST_OVERHEAD;
    if (response.remaining() > most) {
      fail(
          request,
          Effect.DONE,
          "the response of " + response.remaining()
              + " bytes does not fit into one frame, the most is " + most);
      return;
    }
    OutFrame frame = Frames.response(request.stream().id(), request.header(), response);
    if (!connection.link().offer(frame, 2L * connection.limits().queueBytesMax())) {
      fail(request, Effect.DONE, "the response was dropped, too much waits to be written");
    }
  }

  private void fail(IncomingRequest request, Effect effect, String text) {
    connection.control(Frames.failure(request.stream().id(), request.header(), effect, text));
  }

  private void response(int id, ByteBuffer body) {
    Frames.need(body, 10, "RESPONSE");
    PendingCall call = connection.answered(id, body.getLong(), body.getShort() & 0xffff);
    if (call != null) {
      call.answered(body.slice());
    }
  }

  private void failure(int id, ByteBuffer body) {
    Frames.need(body, 11, "FAILURE");
    PendingCall call = connection.answered(id, body.getLong(), body.getShort() & 0xffff);
    Effect effect = Frames.effect(body.get());
    String text = Frames.text(body, "FAILURE");
    if (call != null) {
      call.failed(new ChannelException(
          Scope.CALL,
          effect,
          "endpoint " + call.stream().endpoint() + " of " + connection.peer().name() + ": "
              + text));
    }
  }

  private void cancel(ByteBuffer body) {
    Frames.need(body, 10, "CANCEL");
    long callId = body.getLong();
    int attempt = body.getShort() & 0xffff;
    IncomingRequest request = serving.get(callId);
    if (request != null
        && request.header().attempt() == attempt
        && serving.remove(callId, request)) {
      guard(request.stream(), request::cancel);
    }
  }

  private void closeStream(int id, ByteBuffer body) {
    Frames.need(body, 1, "CLOSE");
    CloseCode code = CloseCode.of(body.get() & 0xff);
    String text = Frames.text(body, "CLOSE");
    Stream stream = stream(id);
    if (stream != null) {
      connection.end(stream, code, text);
    }
  }

  /** A stream is over: who serves its requests is told, then its handler. */
  void streamEnded(Stream stream) {
    for (IncomingRequest request : serving.values()) {
      if (request.stream() == stream && serving.remove(request.header().callId(), request)) {
        guard(stream, request::cancel);
      }
    }
    Served served = stream.served();
    if (served != null) {
      guard(stream, () -> served.handler().onClose(stream));
    }
  }

  int servedCalls() {
    return serving.size();
  }

  void channelEnded() {
    serving.clear();
  }

  private void guard(Stream stream, Runnable callOut) {
    try {
      callOut.run();
    } catch (Throwable e) {
      Fatal.rethrow(e);
      connection.owner().handlerFailed(stream, e);
      connection.closeStream(stream, CloseCode.HANDLER_FAILED, "its handler failed: " + e);
    }
  }
}
