package org.fluidosgi.groupstore.internal.raft;

import io.microraft.RaftEndpoint;
import io.microraft.model.message.RaftMessage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.Keys;
import org.fluidosgi.groupstore.internal.core.WatchedCopy;
import org.fluidosgi.groupstore.internal.core.Write;
import org.fluidosgi.registry.View;
import org.jspecify.annotations.Nullable;

/** This node's part in the group's store: a voter of a Raft group, or a client of one.
 * Invariant: a node has a group from its start: the one in its log, else one of its own. It gives a group up only after the
 * group's voters decided so, or the group has decided to go on without it. Threads: everything on the owner thread.
 * Source: protocol-group-store. */
final class GroupNode implements OwnVoter.Listener {
  /** Between two looks at what is to be done. */
  static final Duration TICK = Duration.ofMillis(500);

  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  /** Name and id of the node, its folder, how many voters, after how long an absent one is replaced, and after how long a node that
   * finds nobody begins a group. */
  record Config(
      String name, NodeId self, Path folder, int voters, Duration replace, Duration alone) {}

  private final Config config;
  private final OwnVoter voter;
  private final OwnVoter.Place place;
  private final WatchedCopy watches;
  private final VoterPolicy policy;
  private final Following following;
  private final Asker asker;
  private final Replies replies;
  private final Leaving leaving;
  private final Set<NodeId> groupless = new HashSet<>();

  private View view;
  private Answer.@Nullable Group known;
  private @Nullable UUID joinedFrom;
  private int ticks;
  private boolean looking;
  private long aloneSinceNanos;
  private volatile boolean closed;

  GroupNode(Config config, OwnVoter.Place place, WatchedCopy watches) {
    this.config = config;
    this.place = place;
    this.watches = watches;
    view = new View(0, List.of(config.self()), Set.of());
    policy = new VoterPolicy(config, place.env());
    following = new Following(this, watches);
    asker = new Asker(config.name(), place.peers(), this::execute);
    replies = new Replies(this, policy, following);
    leaving = new Leaving(this);
    voter = new OwnVoter(config, place, watches, this);
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
        look();
        LOG.log(Level.INFO, "{0}: looks for a group store to join", config.name());
      } else {
        voter.found(seed);
      }
    }
    tick();
  }

  private void look() {
    looking = true;
    aloneSinceNanos = place.env().nanoTime();
  }

  // What the group looks like.

  /** A new view is in force. */
  void onView(View now) {
    if (view.members().size() > 1 || now.members().size() > 1) {
      aloneSinceNanos = place.env().nanoTime();
    }
    view = now;
    groupless.clear();
    act();
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
    return known;
  }

  /** Its group has decided to end. */
  boolean isGivingUp() {
    return voter.isGivingUp();
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
    Answer.Group group = known;
    return own != null && own.isVoting() || group == null
        ? Optional.empty()
        : group.leader().map(Voter::node).filter(view::contains);
  }

  /** The group whose entries are those of this node. */
  Optional<UUID> group() {
    Replica own = voter.replica();
    if (own != null && own.isVoting()) {
      return Optional.of(own.group());
    }
    return Optional.ofNullable(known).map(Answer.Group::group);
  }

  /** The voters as this node knows them. */
  List<NodeId> voters() {
    Replica own = voter.replica();
    Collection<RaftEndpoint> voting = own != null && own.isVoting()
        ? own.votingMembers()
        : known == null ? List.of() : known.voting();
    return voting.stream().map(voter -> ((Voter) voter).node()).distinct().toList();
  }

  // What is to be done.

  private void tick() {
    if (closed) {
      return;
    }
    place.env().schedule(TICK, () -> execute(this::tick));
    ticks++;
    act();
  }

  @Override
  public void act() {
    Replica own = voter.replica();
    if (closed || voter.isGivingUp()) {
      return;
    }
    if (own == null) {
      if (voter.disk() == null) {
        askAround(new UUID(0, 0));
        following.pull();
        foundAlone();
      }
    } else if (own.isEnded()) {
      if (!own.decidedMembers().contains(own.self())) {
        voter.drop("its group has taken it out");
      } // else its disk failed, which is told by itself
    } else if (own.isLeader()) {
      lead(own);
    } else if (!own.isMember()) {
      askAround(own.group());
      following.pull();
      join(own);
    } else if (own.leader().isEmpty()) {
      askAround(own.group());
    } else if (ticks % 10 == 0) {
      ask(view.members().get(0), new Question.Status(own.group()));
    }
    if (own != null
        && own.isVoting()
        && watches.group().filter(own.group()::equals).isEmpty()) {
      watches.reset(own.group(), own.entries().all(), own.entries().lastVersion());
    }
    if (own != null && own.isVoting() && own.leader().isPresent()) {
      voter.settled();
    }
    tellJoined();
  }

  private void lead(Replica own) {
    known = null;
    policy.act(own, view);
    if (view.members().size() > 1) {
      ask(view.members().get(0), new Question.Status(own.group()));
    }
  }

  private void join(Replica own) {
    leader()
        .ifPresent(to -> asker.ask(to, new Question.Join(own.group(), own.self()), answer -> {
          if (answer instanceof Answer.Enough && voter.replica() == own && !own.isMember()) {
            voter.drop("");
          }
        }));
  }

  private void askAround(UUID group) {
    List<NodeId> members = view.members();
    Set<NodeId> asked = new LinkedHashSet<>();
    asked.add(members.get(0));
    leader().ifPresent(asked::add);
    asked.add(members.get(ticks % members.size()));
    asked.forEach(each -> ask(each, new Question.Status(group)));
  }

  private void ask(NodeId to, Question.Status question) {
    if (!to.equals(config.self())) {
      asker.ask(to, question, answer -> onStatus(to, answer));
    }
  }

  private void onStatus(NodeId from, Answer answer) {
    Replica own = voter.replica();
    if (closed || voter.isGivingUp() || !view.contains(from)) {
      return;
    }
    if (answer instanceof Answer.NoGroup) {
      groupless.add(from);
      regroup();
    } else if (answer instanceof Answer.Group group) {
      groupless.remove(from);
      if (own == null) {
        onGroup(from, group);
      } else if (own.group().equals(group.group())) {
        if (!own.isVoting()) {
          known = group;
        }
        if (group.leading()
            && group.membersIndex() > own.membersIndex()
            && own.isMember()
            && !group.members().contains(own.self())) {
          voter.drop("its group goes on without it");
        }
      } else if (group.joined()) {
        voter.drop("its group was given up for another");
      } else if (own.isLeader()
          && from.equals(view.members().get(0))
          && group.leader().isPresent()) {
        giveUp(own, group.group());
      }
    }
  }

  /** A client looks for a group: that of the view's first member, else any. */
  private void onGroup(NodeId from, Answer.Group group) {
    Answer.Group before = known;
    boolean first = from.equals(view.members().get(0));
    if (before != null && !first && !before.group().equals(group.group())) {
      return;
    }
    known = group;
    looking = false;
    // A voter of this node with another log is one whose log is no more: it has to be replaced.
    boolean earlier =
        group.members().stream().anyMatch(each -> ((Voter) each).node().equals(config.self()));
    if (group.leading() && (group.wanted() || earlier) && voter.disk() == null) {
      try {
        voter.learn(group);
        Replica own = voter.replica();
        if (own != null) {
          join(own);
        }
      } catch (IOException e) {
        LOG.log(Level.ERROR, config.name() + ": no log for the group store: " + e.getMessage(), e);
      }
    } else {
      following.pull();
    }
  }

  /** All have given their groups up for one another's: the view's first member takes its own up again. */
  private void regroup() {
    Set<NodeId> others = new HashSet<>(view.members());
    others.remove(config.self());
    if (voter.replica() != null
        || voter.disk() != null
        || !view.members().get(0).equals(config.self())
        || !groupless.containsAll(others)) {
      return;
    }
    foundAgain();
  }

  private void foundAlone() {
    if (looking
        && view.members().size() == 1
        && place.env().nanoTime() - aloneSinceNanos > config.alone().toNanos()) {
      foundAgain();
    }
  }

  private void foundAgain() {
    try {
      known = null;
      looking = false;
      voter.foundAgain();
    } catch (IOException e) {
      LOG.log(Level.ERROR, config.name() + ": no group store: " + e.getMessage(), e);
    }
  }

  private void giveUp(Replica own, UUID into) {
    Versioned marked = own.entries().get(Keys.JOINED_INTO);
    if (marked.version() == 0) {
      int entries = own.entries().all().size();
      LOG.log(
          entries == 0 ? Level.INFO : Level.WARNING,
          "{0}: two group stores meet; the one of {1} is the first member''s and stays, ours of {2} entries is given up for it"
              + " and kept in {3}",
          config.name(),
          view.members().get(0),
          entries,
          config.folder().resolve(OwnVoter.LEFT_FILE));
      own.propose(new Write(Keys.JOINED_INTO, 0, into.toString().getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** Tells the group that took us that ours is no more, for voters of ours that come later. */
  private void tellJoined() {
    UUID from = joinedFrom;
    Optional<NodeId> leader = leader();
    if (from == null || leader.isEmpty()) {
      return;
    }
    Write mark = new Write(Keys.JOINED + from, 0, new byte[0]);
    Replica own = voter.replica();
    if (own != null && own.isLeader()) {
      own.propose(mark);
      joinedFrom = null;
    } else {
      asker.ask(leader.get(), new Question.Decide(mark), answer -> {
        if (answer instanceof Answer.Entry || answer instanceof Answer.Conflict) {
          joinedFrom = null;
        }
      });
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
  public void dropped(@Nullable UUID joined) {
    known = null;
    if (joined != null) {
      joinedFrom = joined;
    }
    look();
  }

  void execute(Runnable task) {
    voter.execute(task);
  }

  Env env() {
    return place.env();
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
