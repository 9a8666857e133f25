package org.fluidosgi.groupstore.internal.raft;

import io.microraft.RaftEndpoint;
import io.microraft.model.message.RaftMessage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.GroupLog;
import org.fluidosgi.groupstore.internal.core.Keys;
import org.fluidosgi.groupstore.internal.core.LogEntry;
import org.fluidosgi.groupstore.internal.core.Peers;
import org.fluidosgi.groupstore.internal.core.Watches;
import org.fluidosgi.groupstore.internal.core.Write;
import org.fluidosgi.registry.View;
import org.jspecify.annotations.Nullable;

/** This node's part in the group's store: a voter of a Raft group, or a client of one.
 * Invariant: a node has a group from its start: the one in its log, else one of its own. It gives a group up only after the
 * group's voters decided so, or the group has decided to go on without it. Threads: everything on the owner thread.
 * Source: protocol-group-store. */
final class GroupNode implements Replica.Host {
  /** Between two looks at what is to be done. */
  static final Duration TICK = Duration.ofMillis(500);

  /** How long a group that was given up goes on, so that all its voters hear of it. */
  static final Duration FAREWELL = Duration.ofSeconds(2);

  /** Before a log is opened again that could not be written. */
  static final Duration REOPEN_PAUSE = Duration.ofSeconds(5);

  /** Where the log of a group goes that this node has left. */
  static final String LEFT_FILE = "raft.log.left";

  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  /** Name and id of the node, its folder, how many voters, after how long an absent one is replaced, and after how long a node that
   * finds nobody begins a group. */
  record Config(
      String name, NodeId self, Path folder, int voters, Duration replace, Duration alone) {}

  private final Config config;
  private final Env env;
  private final Executor owner;
  private final Peers peers;
  private final GroupLog.Disk files;
  private final Supplier<UUID> ids;
  private final Watches watches;
  private final VoterPolicy policy;
  private final Following following;
  private final Asker asker;
  private final Replies replies;
  private final Leaving leaving;
  private final Set<NodeId> groupless = new HashSet<>();

  private View view;
  private @Nullable RaftDisk disk;
  private @Nullable Replica replica;
  private Answer.@Nullable Group known;
  private @Nullable UUID joinedFrom;
  private List<byte[]> kept = List.of();
  private int ticks;
  private boolean farewell;
  private boolean turning;
  private boolean failing;
  private boolean looking;
  private long aloneSinceNanos;
  private volatile boolean closed;

  GroupNode(
      Config config,
      Env env,
      Executor owner,
      Peers peers,
      GroupLog.Disk files,
      Supplier<UUID> ids,
      Watches watches) {
    this.config = config;
    this.env = env;
    this.owner = owner;
    this.peers = peers;
    this.files = files;
    this.ids = ids;
    this.watches = watches;
    view = new View(0, List.of(config.self()), Set.of());
    policy = new VoterPolicy(config, env);
    following = new Following(this, watches);
    asker = new Asker(config.name(), peers, this::execute);
    replies = new Replies(this, policy, following);
    leaving = new Leaving(this);
  }

  /** Opens the log. A node that never had one begins a group of its own with those entries; one that has left a group looks for
   * it, or another, and begins one of its own when it stays alone.
   * Errors: IOException naming the file and what to do. */
  void open(List<byte[]> seed) throws IOException {
    RaftDisk opened = openDisk();
    if (opened.group().isPresent() && !opened.isLeft() && opened.wasMember()) {
      disk = opened;
      run(opened);
    } else {
      boolean left = opened.isLeft();
      opened.close();
      Path log = config.folder().resolve(RaftDisk.FORM.file());
      Path aside = config.folder().resolve(LEFT_FILE);
      if (left) {
        Files.move(log, aside, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.delete(log);
      }
      if (Files.exists(aside)) {
        look(aside);
      } else {
        found(seed);
      }
    }
    tick();
  }

  private void look(Path aside) throws IOException {
    RaftDisk.Content content = RaftDisk.content(aside);
    kept = content.entries().snapshot();
    watches.reset(content.group(), content.entries().all(), content.entries().lastVersion());
    looking = true;
    aloneSinceNanos = env.nanoTime();
    LOG.log(Level.INFO, "{0}: looks for a group store to join", config.name());
  }

  private RaftDisk openDisk() throws IOException {
    return RaftDisk.open(config.folder(), files, () -> execute(this::diskFailed));
  }

  private void run(RaftDisk of) throws IOException {
    UUID group = of.group().orElseThrow();
    Replica started = new Replica(config.name(), group, of, this);
    replica = started;
    farewell = false;
    policy.clear();
    if (watches.group().isEmpty() && of.wasMember()) {
      Entries before = of.content(true);
      watches.reset(group, before.all(), before.lastVersion());
    }
    started.start();
  }

  /** A group of one's own, which begins with that content less what is the store's own. */
  private void found(List<byte[]> content) throws IOException {
    Entries cleaned = new Entries();
    if (!content.isEmpty()) {
      cleaned.install(content);
      cleaned.forgetOwn();
    }
    RaftDisk to = disk == null ? openDisk() : disk;
    disk = to;
    Voter self = new Voter(config.self(), ids.get());
    UUID group = ids.get();
    to.begin(group, self, List.of(self), true, cleaned.snapshot());
    LOG.log(
        Level.INFO,
        "{0}: begins a group store of its own with {1} entries",
        config.name(),
        cleaned.all().size());
    run(to);
    watches.reset(group, cleaned.all(), cleaned.lastVersion());
  }

  // What the group looks like.

  /** A new view is in force. */
  void onView(View now) {
    if (view.members().size() > 1 || now.members().size() > 1) {
      aloneSinceNanos = env.nanoTime();
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
    return replica;
  }

  @Nullable
  RaftDisk disk() {
    return disk;
  }

  /** The group that others told of, while this node is no voter. */
  Answer.@Nullable Group known() {
    return known;
  }

  /** Its group has decided to end. */
  boolean isGivingUp() {
    return farewell;
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
    Replica own = replica;
    return own != null && !own.isEnded() && own.isVoting();
  }

  /** Who leads, as far as is known here. */
  Optional<NodeId> leader() {
    Replica own = replica;
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
    Replica own = replica;
    if (own != null && own.isVoting()) {
      return Optional.of(own.group());
    }
    return Optional.ofNullable(known).map(Answer.Group::group);
  }

  /** The voters as this node knows them. */
  List<NodeId> voters() {
    Replica own = replica;
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
    env.schedule(TICK, () -> execute(this::tick));
    ticks++;
    act();
  }

  private void act() {
    Replica own = replica;
    if (closed || farewell) {
      return;
    }
    if (own == null) {
      if (disk == null) {
        askAround(new UUID(0, 0));
        following.pull();
        foundAlone();
      }
    } else if (own.isEnded()) {
      if (!own.decidedMembers().contains(own.self())) {
        drop("its group has taken it out");
      } // else its disk failed, which is told by itself
    } else if (own.isLeader()) {
      failing = false;
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
    if (own != null && own.isVoting()) {
      kept = List.of();
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
          if (answer instanceof Answer.Enough && replica == own && !own.isMember()) {
            drop("");
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
    Replica own = replica;
    if (closed || farewell || !view.contains(from)) {
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
          drop("its group goes on without it");
        }
      } else if (group.joined()) {
        drop("its group was given up for another");
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
    if (group.leading() && (group.wanted() || earlier) && disk == null) {
      try {
        RaftDisk to = openDisk();
        disk = to;
        Voter self = new Voter(config.self(), ids.get());
        to.begin(group.group(), self, group.initial(), false, List.of());
        run(to);
        Replica own = replica;
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
    if (replica != null
        || disk != null
        || !view.members().get(0).equals(config.self())
        || !groupless.containsAll(others)) {
      return;
    }
    foundAgain();
  }

  private void foundAlone() {
    if (looking
        && view.members().size() == 1
        && env.nanoTime() - aloneSinceNanos > config.alone().toNanos()) {
      foundAgain();
    }
  }

  private void foundAgain() {
    try {
      known = null;
      looking = false;
      found(kept);
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
          config.folder().resolve(LEFT_FILE));
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
    Replica own = replica;
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

  /** Is no voter any more: the log is set aside. Nothing is said for no reason. */
  private void drop(String why) {
    Replica own = replica;
    RaftDisk old = disk;
    if (own == null || old == null) {
      return;
    }
    boolean member = own.isMember() || own.isEnded();
    if (member) {
      kept = own.entries().snapshot();
    }
    own.end();
    replica = null;
    farewell = false;
    known = null;
    looking = true;
    aloneSinceNanos = env.nanoTime();
    try {
      old.close();
      disk = null;
      Path log = config.folder().resolve(RaftDisk.FORM.file());
      if (member) {
        Files.move(log, config.folder().resolve(LEFT_FILE), StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.deleteIfExists(log);
      }
    } catch (IOException e) {
      LOG.log(Level.ERROR, config.name() + ": the old group store cannot be set aside", e);
      return;
    }
    if (!why.isEmpty()) {
      LOG.log(Level.INFO, "{0}: no voter of its group store any more: {1}", config.name(), why);
    }
  }

  private void diskFailed() {
    Replica own = replica;
    RaftDisk old = disk;
    if (closed || own == null || old == null) {
      return;
    }
    boolean broken = old.isBroken();
    LOG.log(
        failing ? Level.DEBUG : Level.ERROR,
        "{0}: the group store in {1} cannot write, this voter stops{2}",
        config.name(),
        config.folder(),
        broken ? ": check the disk and restart the node" : " and tries again");
    failing = true;
    own.end();
    replica = null;
    known = null;
    try {
      old.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, config.name() + ": closing the log failed", e);
    }
    if (!broken) {
      env.schedule(REOPEN_PAUSE, () -> execute(this::reopen));
    }
  }

  private void reopen() {
    if (closed || replica != null) {
      return;
    }
    try {
      RaftDisk opened = openDisk();
      disk = opened;
      run(opened);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, config.name() + ": the group store still cannot be opened", e);
      env.schedule(REOPEN_PAUSE, () -> execute(this::reopen));
    }
  }

  // What others ask.

  /** A message of Raft; one of another group or in another's name is dropped. */
  void onMessage(NodeId from, RaftMessage message) {
    Replica own = replica;
    if (closed || own == null || own.isEnded()) {
      return;
    }
    if (message.getGroupId().equals(own.group())
        && ((Voter) message.getSender()).node().equals(from)) {
      own.handle(message);
    }
  }

  // What a replica tells.

  @Override
  public void execute(Runnable task) {
    try {
      owner.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.TRACE, "the group store has stopped", e);
    }
  }

  @Override
  public Env env() {
    return env;
  }

  @Override
  public void send(NodeId to, byte[] message) {
    peers.send(to, message);
  }

  @Override
  public boolean isReachable(NodeId node) {
    return peers.isReachable(node);
  }

  @Override
  public void applied(Replica of, LogEntry entry) {
    watches.apply(of.group(), entry);
    following.changed(of);
    if (entry.key().equals(Keys.JOINED_INTO) && !farewell) {
      execute(() -> farewell(of));
    }
  }

  private void farewell(Replica of) {
    if (replica != of || farewell) {
      return;
    }
    farewell = true;
    if (of.members().size() > 1) {
      joinedFrom = of.group();
    }
    env.schedule(
        FAREWELL,
        () -> execute(() -> {
          if (replica == of) {
            drop("its group was given up for that of the view's first member");
            act();
          }
        }));
  }

  @Override
  public void installed(Replica of) {
    if (watches.group().filter(of.group()::equals).isPresent()) {
      watches.reset(of.group(), of.entries().all(), of.entries().lastVersion());
    }
    if (of.entries().get(Keys.JOINED_INTO).version() > 0) {
      execute(() -> farewell(of));
    }
  }

  @Override
  public void turned() {
    if (!turning) {
      turning = true;
      execute(() -> {
        turning = false;
        act();
      });
    }
  }

  void close() {
    closed = true;
    Replica own = replica;
    if (own != null) {
      own.end();
    }
    following.close();
    watches.close();
    RaftDisk log = disk;
    if (log != null) {
      try {
        log.close();
      } catch (IOException e) {
        LOG.log(Level.WARNING, config.name() + ": closing the group store failed", e);
      }
    }
  }
}
