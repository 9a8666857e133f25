package org.fluidosgi.channel.internal.core;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.ConnectFailedException;
import org.fluidosgi.channel.Env.Cancellable;
import org.fluidosgi.channel.NodeId;
import org.jspecify.annotations.Nullable;

/** A link until it has become a channel or was refused.
 * dialer: HELLO, awaits HELLO, PROOF, awaits PROOF. acceptor: awaits HELLO, HELLO, awaits PROOF, decides, PROOF.
 * Owner of its state: the link's loop. Source: protocol-channel section 3. */
final class Handshake implements LinkHandler {
  private enum State {
    AWAIT_HELLO,
    AWAIT_PROOF,
    DECIDING,
    DONE
  }

  private final Multiplexer owner;
  private final Link link;
  private final @Nullable Dial dial;
  private final byte[] myHello;
  private State state = State.AWAIT_HELLO;
  private byte[] peerHello = {};
  private @Nullable Hello peer;
  private @Nullable Cancellable timer;

  /** A dial makes this side the dialer. */
  Handshake(Multiplexer owner, Link link, @Nullable Dial dial) {
    this.owner = owner;
    this.link = link;
    this.dial = dial;
    byte[] nonce = new byte[Hello.NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    this.myHello = new Hello(
            Hello.VERSION_MIN,
            Hello.VERSION_MAX,
            0,
            owner.limits().frameBytesMax(),
            nonce,
            owner.self())
        .encode();
  }

  boolean isDialer() {
    return dial != null;
  }

  void start() {
    link.handler(this);
    timer = link.schedule(
        Duration.ofMillis(owner.limits().handshakeMillis()),
        () -> refuse(
            RejectCode.TIMEOUT,
            "the handshake was not finished within " + owner.limits().handshakeMillis() + " ms"));
    if (isDialer()) {
      send(Frames.frame(FrameType.HELLO, 0, myHello));
    }
  }

  private void send(OutFrame frame) {
    link.offer(frame, Long.MAX_VALUE);
  }

  @Override
  public void frame(int type, int flags, int stream, ByteBuffer body) {
    if (state == State.DONE) {
      return;
    }
    if (type == FrameType.REJECT && (isDialer() || state != State.AWAIT_HELLO)) {
      rejected(body);
    } else if (type == FrameType.HELLO && state == State.AWAIT_HELLO) {
      hello(body);
    } else if (type == FrameType.PROOF && state == State.AWAIT_PROOF) {
      proof(body);
    } else {
      throw new ProtocolException("frame type " + type + " is out of place in the handshake");
    }
  }

  private void hello(ByteBuffer body) {
    peerHello = new byte[body.remaining()];
    body.duplicate().get(peerHello);
    int[] versions = Hello.versions(body.duplicate());
    if (Hello.common(versions[0], versions[1]) == 0) {
      refuse(
          RejectCode.VERSION,
          "no common protocol version: " + owner.self().name() + " speaks "
              + Hello.VERSION_MIN + ".." + Hello.VERSION_MAX + ", the other side " + versions[0]
              + ".."
              + versions[1]);
      return;
    }
    Hello hello = Hello.decode(body);
    peer = hello;
    if (hello.node().id().equals(owner.self().id())) {
      boolean me = hello.node().incarnation().equals(owner.self().incarnation());
      refuse(
          me ? RejectCode.SELF : RejectCode.IDENTITY,
          me
              ? "this is the node itself"
              : "node id " + hello.node().id() + " is used by both sides");
      return;
    }
    state = State.AWAIT_PROOF;
    if (isDialer()) {
      proveAsDialer(hello);
    } else {
      send(Frames.frame(FrameType.HELLO, 0, myHello));
    }
  }

  private void proveAsDialer(Hello hello) {
    PeerTable.Verdict verdict = owner.table().dialReached(this, hello.node());
    if (verdict == null) {
      byte[] proof = Proof.of(owner.token(), true, myHello, peerHello);
      send(Frames.frame(FrameType.PROOF, 0, proof));
    } else if (verdict instanceof PeerTable.Refused refused
        && refused.code() != RejectCode.DUPLICATE) {
      refuse(refused.code(), refused.text());
    } else {
      String why = "another connection of the pair is open or under way";
      send(Frames.farewell(FrameType.REJECT, RejectCode.DUPLICATE.number(), why));
      giveWay(hello.node().id(), why);
    }
  }

  private void proof(ByteBuffer body) {
    Hello hello = peer;
    if (hello == null) {
      throw new IllegalStateException("a proof without a HELLO");
    }
    byte[] expected = isDialer()
        ? Proof.of(owner.token(), false, myHello, peerHello)
        : Proof.of(owner.token(), true, peerHello, myHello);
    if (!Proof.matches(expected, body)) {
      refuse(
          RejectCode.TOKEN,
          "the group token differs from that of " + owner.self().name());
      return;
    }
    decide(hello);
  }

  private void decide(Hello hello) {
    state = State.DECIDING;
    Connection candidate = new Connection(
        owner, link, dial == null ? null : dial.address(), hello.node(), hello.frameBytesMax());
    OutFrame proof = isDialer()
        ? null
        : Frames.frame(FrameType.PROOF, 0, Proof.of(owner.token(), false, peerHello, myHello));
    PeerTable.Verdict verdict = owner.table().admit(this, candidate, proof);
    if (verdict instanceof PeerTable.Admitted admitted) {
      end(hello.node().id());
      candidate.start();
      owner.opened(candidate, admitted, dial);
    } else if (verdict instanceof PeerTable.Refused refused) {
      refuse(refused.code(), refused.text());
    } else if (verdict instanceof PeerTable.Doubtful doubtful) {
      probe(doubtful.existing(), hello);
    }
  }

  /** The peer dials though we hold a channel to this very incarnation: has it lost that one, or is this a mistake? */
  private void probe(Connection existing, Hello hello) {
    CompletableFuture<Duration> answer = existing.ping();
    Cancellable limit =
        link.schedule(Duration.ofMillis(Limits.PROBE_MILLIS), () -> answer.cancel(false));
    answer.whenComplete((time, failure) -> link.execute(() -> {
      limit.cancel();
      if (state != State.DECIDING) {
        return;
      }
      if (failure == null && existing.isOpen()) {
        refuse(RejectCode.DUPLICATE, "there is an open channel between us");
      } else {
        existing.close(GoAway.REPLACED, "it did not answer and the peer dialled again");
        decide(hello);
      }
    }));
  }

  private void rejected(ByteBuffer body) {
    Frames.need(body, 2, "REJECT");
    RejectCode code = RejectCode.of(body.getShort() & 0xffff);
    String text = Frames.text(body, "REJECT");
    Hello hello = peer;
    if (code == RejectCode.DUPLICATE && hello != null && isDialer()) {
      giveWay(hello.node().id(), text);
    } else {
      fail(code, "refused by " + describePeer() + ": " + text);
    }
  }

  /** Leaves the pair to its other connection; the dial succeeds with that. */
  private void giveWay(NodeId peerId, String why) {
    Dial mine = dial;
    end(peerId);
    link.close();
    if (mine != null) {
      owner.dialGaveWay(mine, peerId, why);
    }
  }

  private void refuse(RejectCode code, String text) {
    if (state == State.DONE) {
      return;
    }
    send(Frames.farewell(FrameType.REJECT, code.number(), text));
    fail(code, text);
  }

  private void fail(RejectCode code, String text) {
    Hello hello = peer;
    end(hello == null ? null : hello.node().id());
    link.close();
    Dial mine = dial;
    if (mine != null) {
      owner.dialFailed(
          mine,
          new ConnectFailedException(
              code.reason(),
              "cannot connect to " + mine.address() + ": " + text + "; " + code.remedy(),
              null));
    } else if (code == RejectCode.DUPLICATE || code == RejectCode.SELF) {
      owner.log().log(
          Level.DEBUG, "{0}: refused {1}: {2}", owner.self().name(), describePeer(), text);
    } else {
      String remedy = code == RejectCode.MALFORMED
          ? "only nodes of the group should connect to " + owner.self().address()
          : code.remedy();
      owner
          .quietLog()
          .warn(owner.self().name() + ": refused a connection from " + describePeer() + ": " + text
              + "; " + remedy);
    }
  }

  private void end(@Nullable NodeId peerId) {
    state = State.DONE;
    if (timer != null) {
      timer.cancel();
    }
    if (peerId != null) {
      owner.table().handshakeEnded(this, peerId);
    }
  }

  private String describePeer() {
    Hello hello = peer;
    return hello == null ? link.remote() : hello.node().name() + " (" + link.remote() + ")";
  }

  @Override
  public void malformed(ProtocolException failure) {
    refuse(RejectCode.MALFORMED, String.valueOf(failure.getMessage()));
  }

  @Override
  public void linkClosed(@Nullable Throwable failure) {
    if (state == State.DONE) {
      return;
    }
    if (!isDialer()) {
      // A port scan, a health check, a peer that died or gave up: nothing that a human must look
      // at.
      Hello hello = peer;
      end(hello == null ? null : hello.node().id());
      owner.log().log(
          Level.DEBUG, "{0}: {1} left during the handshake", owner.self().name(), describePeer());
      return;
    }
    fail(
        RejectCode.MALFORMED,
        "the connection ended during the handshake"
            + (failure == null ? "" : ": " + failure.getMessage()));
  }
}
