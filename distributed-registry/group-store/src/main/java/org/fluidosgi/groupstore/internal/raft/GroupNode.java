package org.fluidosgi.groupstore.internal.raft;

import io.microraft.RaftEndpoint;
import io.microraft.model.message.RaftMessage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.WatchedCopy;
import org.fluidosgi.registry.View;
import org.jspecify.annotations.Nullable;

/** This node's part in the group's store: a voter of a Raft group, or a client of one.
 * Invariant: a node has a group from its start: the one in its log, else one of its own. Threads: everything on the owner thread.
 * Source: protocol-group-store. */
final class GroupNode implements OwnVoter.Listener {
  /** Between two looks at what is to be done. */
  static final Duration TICK = Duration.ofMillis(500);

  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  /** Name and id of the node, its folder, how many voters, after how long an absent one is replaced, and after how long a node that
   * finds nobody begins a group, and when it tidies up. */
  record Config(
      String name,
      NodeId self,
      Path folder,
      int voters,
      Duration replace,
      Duration alone,
      Limits limits) {}

  private final Config config;
  private final OwnVoter voter;
  private final OwnVoter.Place place;
  private final WatchedCopy watches;
  private final VoterPolicy policy;
  private final Following following;
  private final Asker asker;
  private final Replies replies;
  private final Leaving leaving;
  private final Search search;

  private View view;
  private int ticks;
  private volatile boolean closed;

  GroupNode(Config config, OwnVoter.Place place, WatchedCopy watches) {
    this.config = config;
    this.place = place;
    this.watches = watches;
    view = new View(0, List.of(config.self()), Set.of());
    following = new Following(this, watches);
    asker = new Asker(config.name(), place.peers(), this::execute);
    policy = new VoterPolicy(config, place.env(), asker);
    replies = new Replies(this, policy, following);
    leaving = new Leaving(this);
    voter = new OwnVoter(config, place, watches, this);
    search = new Search(this, voter);
  }

  /** Opens the log. A node that never had one begins a group of its own with those entries; one that has left a group looks for
   * it, or another, and begins one of its own when it stays alone.
   * Errors: IOException naming the file and what to do. */
  void open(List<byte[]> seed) throws IOException {
    if (!voter.resume()) {
      Optional<RaftDisk.Content> left = voter.left();
      if (left.isPresent()) {
        Entries entries = left.get().entries();
        watches.reset(left.get().group(), entries.all(), entries.lastVersion());
        search.dropped(left.get().joined());
        LOG.log(Level.INFO, "{0}: looks for a group store to join", config.name());
      } else {
        voter.found(seed);
      }
    }
    tick();
  }

  // What the group looks like.

  /** A new view is in force. */
  void onView(View now) {
    search.onView(view.members().size() > 1 || now.members().size() > 1);
    view = now;
    missLeader();
    act();
  }

  /** The engine misses a killed process long before a leader's heartbeats are: the first voter that is left asks for an election. */
  private void missLeader() {
    Replica own = voter.replica();
    if (own == null
        || own.isEnded()
        || own.leader().map(Voter::node).filter(gone -> !view.contains(gone)).isEmpty()) {
      return;
    }
    List<NodeId> voters = voters();
    List<NodeId> here = view.members().stream().filter(voters::contains).toList();
    if (here.size() > voters.size() / 2) {
      own.missLeader(here.get(0).equals(config.self()));
    }
  }

  View view() {
    return view;
  }

  Config config() {
    return config;
  }

  @Nullable
  Replica replica() {
    return voter.replica();
  }

  @Nullable
  RaftDisk disk() {
    return voter.disk();
  }

  /** The group that others told of, while this node is no voter. */
  Answer.@Nullable Group known() {
    return search.known();
  }

  /** Its group has decided to end. */
  boolean isGivingUp() {
    return voter.isGivingUp();
  }

  Search search() {
    return search;
  }

  Asker asker() {
    return asker;
  }

  Leaving leaving() {
    return leaving;
  }

  Replies replies() {
    return replies;
  }

  Following following() {
    return following;
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether this node's own log is that of a voter now. */
  boolean isVoter() {
    Replica own = voter.replica();
    return own != null && !own.isEnded() && own.isVoting();
  }

  /** Who leads, as far as is known here. */
  Optional<NodeId> leader() {
    Replica own = voter.replica();
    if (own != null && own.leader().isPresent()) {
      return own.leader().map(Voter::node);
    }
    Answer.Group group = search.known();
    return own != null && own.isVoting() || group == null
        ? Optional.empty()
        : group.leader().map(Voter::node).filter(view::contains);
  }

  /** The group whose entries are those of this node. */
  Optional<UUID> group() {
    Replica own = voter.replica();
    Answer.Group known = search.known();
    if (own != null && (own.isVoting() || known == null)) {
      return Optional.of(own.group());
    }
    return Optional.ofNullable(known).map(Answer.Group::group);
  }

  /** The voters as this node knows them. */
  List<NodeId> voters() {
    Replica own = voter.replica();
    Answer.Group known = search.known();
    Collection<RaftEndpoint> voting = own != null && (own.isVoting() || known == null)
        ? own.votingMembers()
        : known == null ? List.of() : known.voting();
    return voting.stream().map(voter -> ((Voter) voter).node()).distinct().toList();
  }

  /** Begins a new group from the entries of this voter, or of a client's copy. Errors: IllegalStateException saying why not. */
  void goOnAlone() {
    Replica own = voter.replica();
    Optional<UUID> of = group();
    if (own == null && voter.disk() != null) {
      throw new IllegalStateException("this node's disk does not take a log: " + voter.trouble());
    } else if (of.isEmpty()
        || voter.isGivingUp()
        || !isVoter() && !watches.group().equals(of)) {
      throw new IllegalStateException(
          "this node does not know the entries of its group store: do it on one of its voters, see fluid:voters");
    }
    List<NodeId> voters = voters();
    long present = voters.stream().filter(view::contains).count();
    if (present > voters.size() / 2) {
      throw new IllegalStateException(
          present + " of " + voters.size() + " voters answer, a majority: there is no need to");
    }
    if (!voter.goOnAlone(
        own != null && isVoter() ? own.entries().snapshot() : watches.snapshot())) {
      throw new IllegalStateException("the disk does not take the new log: " + voter.trouble());
    }
    search.goneOnFrom(of.get());
    act();
  }

  // What is to be done.

  private void tick() {
    if (closed) {
      return;
    }
    place.env().schedule(TICK, () -> execute(this::tick));
    ticks++;
    search.tick();
    Replica own = voter.replica();
    if (own != null && !own.isEnded()) {
      own.mind();
    }
    act();
  }

  @Override
  public void act() {
    Replica own = voter.replica();
    if (closed || voter.isGivingUp()) {
      return;
    }
    if (own == null) { // no voter, or one whose disk failed: the others still answer
      search.askAround(voter.groupOfLog());
      following.pull();
      if (voter.disk() == null) {
        search.foundAlone();
      }
    } else if (own.isEnded()) {
      if (!own.decidedMembers().contains(own.self())) {
        voter.drop("its group has taken it out");
      } // else its disk failed, which is told by itself
    } else if (own.isLeader()) {
      lead(own);
    } else if (!own.isMember() || !own.isVoting() && own.leader().isEmpty()) {
      // Without a leader, a learner may be one by a log of its own: a leader that fell took it in,
      // the next knows nothing of it.
      search.askAround(own.group());
      following.pull();
      search.join(own);
    } else if (own.leader().isEmpty()) {
      search.askAround(own.group());
    } else if (ticks % 10 == 0) {
      search.ask(view.members().get(0), new Question.Status(own.group()));
    }
    if (own != null && own.isVoting() && own.leader().isPresent()) {
      if (watches.group().filter(own.group()::equals).isEmpty()) {
        watches.reset(own.group(), own.entries().all(), own.entries().lastVersion());
      }
      voter.settled();
    }
    search.tellJoined();
  }

  private void lead(Replica own) {
    search.lead();
    policy.act(own, view);
    if (view.members().size() > 1) {
      search.ask(view.members().get(0), new Question.Status(own.group()));
    }
  }

  // What others ask.

  /** A message of Raft; one of another group or in another's name is dropped. */
  void onMessage(NodeId from, RaftMessage message) {
    Replica own = voter.replica();
    if (closed || own == null || own.isEnded()) {
      return;
    }
    if (message.getGroupId().equals(own.group())
        && ((Voter) message.getSender()).node().equals(from)) {
      own.handle(message);
    }
  }

  // What becomes of the own voter.

  @Override
  public void running() {
    policy.clear();
  }

  @Override
  public void decided(Replica of) {
    following.changed(of);
  }

  @Override
  public void dropped(Set<UUID> joined) {
    search.dropped(joined);
  }

  /** What it holds, besides so many questions of clients. */
  Sizes sizes(int asking) {
    Replica own = voter.replica();
    RaftDisk log = voter.disk();
    return new Sizes(
        asking,
        following.waiting(),
        policy.wishes(),
        own == null ? 0 : own.entries().changes(),
        log == null ? 0 : log.entries(),
        log == null ? 0 : log.pieces(),
        log == null ? 0 : log.length());
  }

  void execute(Runnable task) {
    voter.execute(task);
  }

  Env env() {
    return place.env();
  }

  /** What keeps this node's disk from voting; empty when nothing does. */
  String trouble() {
    return voter.trouble();
  }

  boolean isReachable(NodeId node) {
    return place.peers().isReachable(node);
  }

  void close() {
    closed = true;
    voter.close();
    following.close();
    watches.close();
  }
}
