package org.fluidosgi.jgroups.internal.jgroups;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.jgroups.internal.core.Acquaintances;
import org.fluidosgi.jgroups.internal.core.AddressCheck;
import org.fluidosgi.jgroups.internal.core.Delivery;
import org.fluidosgi.jgroups.internal.core.FirstView;
import org.fluidosgi.jgroups.internal.core.JoinList;
import org.fluidosgi.jgroups.internal.core.JoinNames;
import org.fluidosgi.jgroups.internal.core.Joiner;
import org.fluidosgi.jgroups.internal.core.Links;
import org.fluidosgi.jgroups.internal.core.Member;
import org.fluidosgi.jgroups.internal.core.MulticastSearch;
import org.fluidosgi.jgroups.internal.core.NameCheck;
import org.fluidosgi.jgroups.internal.core.Requests;
import org.fluidosgi.jgroups.internal.core.Roster;
import org.fluidosgi.jgroups.internal.core.Watch;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jgroups.Address;
import org.jspecify.annotations.Nullable;

/** The cluster engine on JGroups, its packets on the node's channels.
 * State: maps of pending work are concurrent; the parts are made by {@link #start} and closed by {@link #close}. The handler is called by
 * thread fluid-jgroups-deliver only. */
public final class JGroupsEngine implements ClusterEngine {
  /** Longest message, where the channel's frames hold it. */
  public static final int MESSAGE_BYTES_MAX = 512 * 1024;

  private static final int FRAME_OVERHEAD_BYTES = 1024;

  private static final String GROUP = "fluid";

  /** Longest wait for a join address to answer and to count us in; the registry's condition uses the same key. */
  private static final String JOIN_WAIT_MILLIS = "fluid.join.wait.millis";

  private static final int FIRST_VIEW_MILLIS = 10_000;
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private final LocalNode node;
  private final NodeInfo info;
  private final Member self;
  private final ChannelMultiplexer multiplexer;
  private final JoinList joinList;
  private final int messageBytesMax;
  private final Multicasts multicasts;
  private final Requests requests = new Requests();
  private final List<Registration> registrations = new ArrayList<>();

  /** For look-ups of names, which block. */
  private final ExecutorService lookups = new ThreadPoolExecutor(
      0,
      1,
      1,
      TimeUnit.SECONDS,
      new LinkedBlockingQueue<>(),
      new NamedThread("fluid-jgroups-names"));

  private volatile boolean closed;
  private volatile @Nullable Parts parts;

  /** What exists from start to close. */
  private record Parts(Delivery delivery, Links links, Joiner joiner, Stack stack, Roster roster) {}

  public JGroupsEngine(LocalNode node, ChannelMultiplexer multiplexer) {
    this.node = node;
    this.info = node.info();
    this.self = Member.of(info);
    this.multiplexer = multiplexer;
    int frameBytesMax =
        node.settings().number("fluid.channel.frame.bytes.max", 16 << 20, 64 << 10, 256 << 20);
    this.messageBytesMax = Math.min(MESSAGE_BYTES_MAX, frameBytesMax - FRAME_OVERHEAD_BYTES);
    this.joinList = JoinList.read(node.settings());
    this.multicasts = new Multicasts(info.name());
  }

  /** Checks the engine's settings. Errors: IllegalArgumentException naming key, value and what is expected. */
  public static void check(Settings settings) {
    JoinList.read(settings);
    Stack.silenceMillis(settings);
    joinWait(settings);
  }

  private static Duration joinWait(Settings settings) {
    return settings.millis(JOIN_WAIT_MILLIS, 10_000, 0, 600_000);
  }

  @Override
  public synchronized void start(Handler handler) {
    if (closed || parts != null) {
      throw new IllegalStateException(info.name() + ": the engine was started or closed before");
    }
    Delivery delivery = new Delivery(
        self, info.name(), handler, this::afterView, new NamedThread("fluid-jgroups-deliver"));
    Acquaintances acquaintances = new Acquaintances(multiplexer);
    Links links = new Links(multiplexer, node.env(), acquaintances, new Incoming(delivery));
    Joiner joiner = new Joiner(
        info,
        multiplexer,
        node.env(),
        new JoinNames(info.name(), JoinNames.Lookup.system(), lookups, node.env()),
        acquaintances);
    try {
      Stack stack = new Stack(
          info,
          node.settings(),
          links,
          acquaintances::present,
          this::heartbeatSuspects,
          node.env().nanoTime());
      Roster roster = new Roster(multiplexer, joiner, delivery, stack, acquaintances);
      Parts made = new Parts(delivery, links, joiner, stack, roster);
      parts = made;
      registrations.add(multiplexer.serve(Links.ENDPOINT, links));
      Watch watch =
          new Watch(info.name(), multiplexer, node.env(), roster::members, roster, roster::opened);
      registrations.add(multiplexer.listen(watch));
      registrations.add(watch::close);
      registrations.add(multiplexer.listen(new NameCheck(info)));
      AddressCheck addresses = new AddressCheck(info, multiplexer, node.env());
      registrations.add(multiplexer.serve(AddressCheck.ENDPOINT, addresses));
      registrations.add(multiplexer.listen(addresses));
      registrations.add(addresses::close);
      search(joiner, acquaintances);
      long waitUntil = System.nanoTime() + joinWait(node.settings()).toNanos();
      Joiner.Answer answer = awaitAnswer(joiner.start(joinList), waitUntil);
      FirstView views = new FirstView(delivery, answer != Joiner.Answer.CONNECTED);
      stack
          .channel()
          .setReceiver(new FromJGroups(
              self, multicasts, multiplexer, stack.transport, roster, delivery, views));
      stack.connect(GROUP, founding(answer));
      stack.announce(); // channels that opened before are not told otherwise
      delivery.awaitFirstView(millisUntil(waitUntil));
      views.open();
      if (!delivery.awaitFirstView(FIRST_VIEW_MILLIS)) {
        throw new IllegalStateException(
            info.name() + ": no view within " + FIRST_VIEW_MILLIS + " ms");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new IllegalStateException(info.name() + ": interrupted while joining", e);
    } catch (Exception e) {
      close();
      throw e instanceof RuntimeException runtime
          ? runtime
          : new IllegalStateException(info.name() + ": JGroups did not start", e);
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    multicasts.stop();
    lookups.shutdownNow();
    Parts old = parts;
    if (old != null) {
      old.roster.close();
      closeQuietly(old.joiner::close);
      closeQuietly(old.delivery::close);
      closeQuietly(old.stack.channel()::close); // says good-bye and waits for the answer
      registrations.forEach(registration -> closeQuietly(registration::close));
      closeQuietly(old.links::close);
    }
    multicasts.awaitStopped();
    ChannelException gone =
        new ChannelException(Scope.NODE, Effect.UNKNOWN, info.name() + ": the engine was closed");
    multicasts.failAll(gone);
    requests.failAll(gone);
  }

  /** A part that fails does not keep the others open. */
  private void closeQuietly(Runnable close) {
    try {
      close.run();
    } catch (RuntimeException | LinkageError e) {
      LOG.log(
          System.Logger.Level.WARNING, info.name() + ": closing a part of the engine failed", e);
    }
  }

  @Override
  public String toString() {
    return "jgroups of " + info.name();
  }

  @Override
  public NodeId self() {
    return info.id();
  }

  @Override
  public int messageBytesMax() {
    return messageBytesMax;
  }

  @Override
  public CompletionStage<Void> multicast(byte[] message) {
    checkLength(message);
    Parts now = parts;
    if (now == null || closed) {
      return CompletableFuture.failedFuture(notRunning());
    }
    return multicasts.send(now.stack.channel(), message);
  }

  @Override
  public CompletionStage<byte[]> request(NodeId to, byte[] message, Duration timeout) {
    checkLength(message);
    Parts now = parts;
    if (now == null || closed) {
      return CompletableFuture.failedFuture(notRunning());
    }
    Member member = now.delivery.members().get(to);
    if (member == null) {
      return CompletableFuture.failedFuture(
          new ChannelException(Scope.NODE, Effect.NONE, to + " is no member of the group"));
    }
    CompletableFuture<byte[]> answer = requests.open(to);
    if (member.equals(self)) {
      now.delivery.request(self, message.clone(), answer);
      answer.orTimeout(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
      return answer;
    }
    now.links.request(member, message, timeout).whenComplete((bytes, failed) -> {
      if (failed == null) {
        answer.complete(bytes);
      } else {
        answer.completeExceptionally(failed);
      }
    });
    if (!member.equals(now.delivery.members().get(to))) {
      requests.fail(to);
    }
    return answer;
  }

  private void checkLength(byte[] message) {
    if (message.length > messageBytesMax) {
      throw new IllegalArgumentException(
          "a message of " + message.length + " bytes, at most " + messageBytesMax + " are sent");
    }
  }

  private ChannelException notRunning() {
    return new ChannelException(Scope.NODE, Effect.NONE, info.name() + ": the engine does not run");
  }

  private void search(Joiner joiner, Acquaintances acquaintances) throws IOException {
    if (joinList.multicasts().isEmpty()) {
      return;
    }
    MulticastSearch search = new MulticastSearch(
        info,
        node.groupKey("multicast"),
        node.env(),
        peer -> acquaintances.knows(peer) && multiplexer.channel(peer).isPresent(),
        joiner::heard);
    registrations.add(search::close);
    search.start(
        joinList.multicasts(),
        InetAddress.getByName(node.settings().text("fluid.bind.address", "127.0.0.1")),
        new NamedThread("fluid-jgroups-multicast"));
  }

  private Joiner.Answer awaitAnswer(CompletableFuture<Joiner.Answer> answer, long until)
      throws InterruptedException {
    try {
      return answer.get(millisUntil(until), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0}: no join address has answered yet; this node goes on without and keeps trying",
          info.name());
      return Joiner.Answer.NONE_YET;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a dial's failure was not handled", e);
    }
  }

  private static long millisUntil(long nanoTime) {
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanoTime - System.nanoTime()));
  }

  private Founding founding(Joiner.Answer answer) {
    if (joinList.isEmpty()) {
      return Founding.FOUNDER;
    }
    return answer == Joiner.Answer.NOBODY ? Founding.UNANSWERED : Founding.JOINER;
  }

  private void heartbeatSuspects(Set<Address> suspects) {
    Set<Member> now = new HashSet<>();
    for (Address address : suspects) {
      if (address instanceof MemberAddress member) {
        now.add(member.member());
      }
    }
    Parts made = parts;
    if (made != null) {
      made.roster.silent(now);
    }
  }

  /** On the delivery thread, after the handler knows the view. */
  private void afterView(org.fluidosgi.registry.View view, Set<Member> departed) {
    departed.forEach(member -> requests.fail(member.node()));
  }

  /** From the channels to JGroups and to the delivery thread. */
  private final class Incoming implements Links.Upward {
    private final Delivery delivery;

    Incoming(Delivery delivery) {
      this.delivery = delivery;
    }

    @Override
    public void packet(NodeInfo from, byte[] packet) {
      Parts now = parts;
      if (now != null) { // while closing too: leaving takes an answer
        now.roster.heard(from);
        now.stack.transport.received(from, packet);
      }
    }

    @Override
    public CompletionStage<byte[]> request(NodeInfo from, byte[] request) {
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      if (request.length > messageBytesMax) {
        answer.completeExceptionally(new ChannelException(
            Scope.CALL, Effect.NONE, "a request of more than " + messageBytesMax + " bytes"));
        return answer;
      }
      delivery.request(Member.of(from), request, answer);
      return answer;
    }
  }
}
