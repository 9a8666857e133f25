package org.fluidosgi.simulation.groupstore;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.GroupVoters.Voters;
import org.fluidosgi.groupstore.internal.core.Peers;
import org.fluidosgi.groupstore.internal.raft.AgreedGroupStore;
import org.fluidosgi.registry.View;
import org.fluidosgi.simulation.world.SimulatedDisk;
import org.fluidosgi.simulation.world.SimulatedProcess;
import org.fluidosgi.simulation.world.SimulatedProcess.SimulatedThread;
import org.jspecify.annotations.Nullable;

/** One life of a node's group store, put together as its bundle does: a thread for the disk, one for network and time. Its way
 * to others is a channel that loses one-way messages and lets time pass before it knows that it is cut. */
public final class StoreNode implements Peers {
  /** How long a cut channel is taken for an open one. */
  private static final long CHANNEL_SILENCE_NANOS = 2_600_000_000L;

  /** As the bundle waits for the store to leave. */
  private static final long LEAVE_NANOS_MAX = 6_000_000_000L;

  final StoreGroup group;
  final NodeId id;
  final String name;
  final SimulatedProcess process;
  final SimulatedThread loop;
  final SimulatedThread owner;
  final SimulatedDisk disk;
  final AgreedGroupStore store;
  final StoreClient client;
  final CopyWatch watch;
  private final Map<NodeId, Long> heard = new HashMap<>();
  private @Nullable View view;
  private boolean opened;
  private boolean stopping;

  StoreNode(
      StoreGroup group, NodeId id, String name, SimulatedProcess process, Runnable powerLost) {
    this.group = group;
    this.id = id;
    this.name = name;
    this.process = process;
    loop = process.thread();
    owner = process.thread();
    disk = new SimulatedDisk(group.world, () -> {
      process.kill();
      powerLost.run();
    });
    client = new StoreClient(this);
    watch = new CopyWatch(this);
    store = new AgreedGroupStore(
        new AgreedGroupStore.Place(
            name,
            id,
            group.folder(id),
            loop,
            owner,
            this::tellWatcher,
            this,
            disk::open,
            group::nextId),
        group.options);
  }

  /** The task tells of the group whose entries the store shows at this moment. */
  private void tellWatcher(Runnable task) {
    Optional<UUID> of = store.shownGroup();
    loop.execute(() -> watch.told(of, task));
  }

  void open() {
    boolean fresh = !Files.exists(group.folder(id));
    owner.execute(() -> {
      try {
        store.open(List.of());
      } catch (IOException e) {
        if (!process.dead()) {
          fail("open", "cannot be opened: " + e);
        }
        return;
      }
      opened = true;
      if (fresh) {
        voters().group().ifPresent(group.ledger::beginsEmpty);
      }
      watch.open();
    });
  }

  /** Whether clients can use it. */
  boolean serves() {
    return opened && !stopping && !process.dead();
  }

  /** The store as its users see it, beside the run's own clients. */
  public GroupStore store() {
    return store;
  }

  /** A view is in force on this node. */
  public void onView(View next) {
    view = next;
    store.onView(next);
  }

  // ---- the end

  /** Its process has died. */
  public void crash(boolean silently) {
    if (opened) {
      voters(); // what its log says may be more than what it told last
    }
    disk.crash();
    group.ended(this, silently);
  }

  /** Leaves the group and closes; {@code then} is called when that is over. */
  public void stop(Runnable then) {
    stopping = true;
    watch.close();
    boolean[] over = new boolean[1];
    Runnable close = () -> {
      if (!over[0]) {
        over[0] = true;
        owner.execute(() -> {
          store.close();
          forget();
          group.ended(this, false);
          then.run();
        });
      }
    };
    store.leave().whenComplete((left, failure) -> {
      trace("left the voters", left);
      close.run();
    });
    group.world.schedule(LEAVE_NANOS_MAX, close);
  }

  /** Nothing of its files is open any more. */
  void forget() {
    disk.crash();
  }

  /** Power fails in the middle of one of the next writes. */
  public void losePowerSoon(int writes) {
    disk.losePowerAfter(writes);
  }

  /** Whether its disk is full. */
  public void diskFull(boolean full) {
    disk.full(full && opened);
  }

  // ---- what it knows

  /** Who votes, as it knows at this moment. */
  Voters voters() {
    Voters voters = store.votersNow();
    group.known(id, voters);
    return voters;
  }

  /** Notes who votes, as it knows. */
  public void look() {
    if (serves()) {
      voters();
    }
  }

  /** Whether all those are in the view that is in force here. */
  boolean sees(Collection<NodeId> nodes) {
    View now = view;
    return now != null && now.members().containsAll(nodes);
  }

  /** Its group at this moment. */
  @Nullable
  UUID groupNow() {
    return voters().group().orElse(null);
  }

  /** Tasks of it that are scheduled for later. */
  public int timers() {
    return loop.timers() + owner.timers();
  }

  /** Checks that hold after every step. */
  public void checkStep() {
    if (serves()) {
      client.check();
      StoreBounds.check(this);
    }
  }

  // ---- the way to others

  @Override
  public void send(NodeId to, byte[] message) {
    if (process.dead()) {
      return;
    }
    group.network.packet(id, to, () -> {
      StoreNode target = group.running(to);
      if (target != null && target.opened) {
        target.loop.execute(() -> target.store.onMessage(id, message));
      }
    });
  }

  @Override
  public CompletableFuture<byte[]> request(NodeId to, byte[] request, Duration timeout) {
    if (process.dead() || !isReachable(to)) {
      return CompletableFuture.failedFuture(lost(Effect.NONE));
    }
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    var timer = loop.schedule(timeout, () -> answer.completeExceptionally(lost(Effect.UNKNOWN)));
    answer.whenComplete((bytes, failure) -> timer.cancel());
    StoreNode target = group.running(to);
    if (target != null) {
      group.network.stream(id, to, () -> {
        if (group.running(to) == target && target.opened) {
          target.loop.execute(() -> target.answer(this, request, answer));
        }
      });
    }
    return answer;
  }

  /** Answers, and notes which group's store did so: the one that it is part of before and after. */
  private void answer(StoreNode from, byte[] request, CompletableFuture<byte[]> answer) {
    owner.execute(() -> {
      UUID before = groupNow();
      store.onRequest(from.id, request).whenComplete((bytes, failure) -> {
        if (!process.dead()) {
          UUID by = before != null && before.equals(groupNow()) ? before : null;
          group.network.stream(
              id,
              from.id,
              () -> from.loop.execute(() -> {
                if (failure != null) {
                  answer.completeExceptionally(lost(Effect.UNKNOWN));
                } else {
                  from.client.answered(request, bytes, by);
                  answer.complete(bytes);
                }
              }));
        }
      });
    });
  }

  private static ChannelException lost(Effect effect) {
    return new ChannelException(ChannelException.Scope.CHANNEL, effect, "cut or gone");
  }

  @Override
  public boolean isReachable(NodeId to) {
    long now = group.world.now();
    boolean runs = group.running(to) != null;
    if (runs && group.network.passes(id, to) && group.network.passes(to, id)) {
      heard.put(to, now);
      return true;
    }
    Long last = heard.get(to);
    return (runs || group.endedSilently(to)) && last != null && now - last < CHANNEL_SILENCE_NANOS;
  }

  // ---- for its parts

  void fail(String checker, String what) {
    group.world.fail(checker, name + " " + what);
  }

  void trace(String word, Object detail) {
    group.world.trace().note(name, word, detail);
  }

  @Override
  public String toString() {
    return name;
  }
}
