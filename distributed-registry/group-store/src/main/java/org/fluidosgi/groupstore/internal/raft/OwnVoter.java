package org.fluidosgi.groupstore.internal.raft;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.GroupLog;
import org.fluidosgi.groupstore.internal.core.Keys;
import org.fluidosgi.groupstore.internal.core.LogEntry;
import org.fluidosgi.groupstore.internal.core.Peers;
import org.fluidosgi.groupstore.internal.core.WatchedCopy;
import org.jspecify.annotations.Nullable;

/** This node's own voter, its log, and what becomes of both: begun, opened again, failed, given up, set aside.
 * Invariant: no replica without its log; while a log is there without a replica, its disk has failed. Threads: the owner thread. */
final class OwnVoter implements Replica.Host {
  /** How long a group that was given up goes on, so that all its voters hear of it. */
  static final Duration FAREWELL = Duration.ofSeconds(2);

  /** Before a log is opened again that could not be written. */
  static final Duration REOPEN_PAUSE = Duration.ofSeconds(5);

  /** Where the log of a group goes that this node has left. */
  static final String LEFT_FILE = "raft.log.left";

  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  /** Who is told what becomes of the voter. */
  interface Listener {
    /** Something may be to be done. */
    void act();

    /** A replica has begun to run. */
    void running();

    /** Something was decided in the replica's group. */
    void decided(Replica of);

    /** The node has no voter any more; {@code joined} are the groups that were given up for another and had several voters. */
    void dropped(Set<UUID> joined);
  }

  /** The ways out: the owner thread, time, other nodes, files, ids. */
  record Place(Env env, Executor owner, Peers peers, GroupLog.Disk files, Supplier<UUID> ids) {}

  private final GroupNode.Config config;
  private final Place place;
  private final WatchedCopy watches;
  private final Listener listener;
  private @Nullable RaftDisk disk;
  private @Nullable Replica replica;
  private List<byte[]> kept = List.of();
  private boolean farewell;
  private boolean turning;
  private String trouble = "";
  private long troubleNanos;
  private volatile boolean closed;

  OwnVoter(GroupNode.Config config, Place place, WatchedCopy watches, Listener listener) {
    this.config = config;
    this.place = place;
    this.watches = watches;
    this.listener = listener;
  }

  @Nullable
  Replica replica() {
    return replica;
  }

  @Nullable
  RaftDisk disk() {
    return disk;
  }

  /** The group whose log this node has. */
  UUID groupOfLog() {
    return Optional.ofNullable(disk).flatMap(RaftDisk::group).orElse(Search.NOBODYS);
  }

  /** Whether the group of the replica has decided to end. */
  boolean isGivingUp() {
    return farewell;
  }

  /** Goes on from the log in the folder, if it is that of a voter; else it is set aside. */
  boolean resume() throws IOException {
    RaftDisk opened = openDisk();
    if (opened.group().isPresent() && !opened.isLeft() && opened.wasMember()) {
      disk = opened;
      run(opened);
      return true;
    }
    boolean left = opened.isLeft();
    opened.close();
    setAside(left);
    return false;
  }

  /** What was set aside when the node was last in a group. */
  Optional<RaftDisk.Content> left() throws IOException {
    Path aside = config.folder().resolve(LEFT_FILE);
    if (!Files.exists(aside)) {
      return Optional.empty();
    }
    RaftDisk.Content content = RaftDisk.content(aside);
    kept = content.entries().snapshot();
    return Optional.of(content);
  }

  /** Begins a group of one's own with what this node had when it left its last one; false when the disk does not take it. */
  boolean foundAgain() {
    try {
      found(kept);
      return true;
    } catch (IOException e) {
      tell("no group store; tried again", e.getMessage());
      return false;
    }
  }

  /** What keeps this node's disk from taking the log of a voter, and what to do; empty when nothing does. */
  String trouble() {
    return trouble;
  }

  /** Whether a log can be begun, as far as is known. */
  boolean mayBegin() {
    return disk == null
        && (trouble.isEmpty() || place.env().nanoTime() - troubleNanos > REOPEN_PAUSE.toNanos());
  }

  /** Begins a log as a learner of that group, if the disk takes it. */
  void learn(Answer.Group group) {
    Voter self = new Voter(config.self(), place.ids().get());
    try {
      begin(to -> to.begin(group.group(), self, group.initial(), false, List.of()));
    } catch (IOException e) {
      tell("no log for the group store, this node votes not; tried again", e.getMessage());
    }
  }

  /** What makes an empty log that of a voter. */
  @FunctionalInterface
  private interface Beginning {
    void of(RaftDisk empty) throws IOException;
  }

  private void begin(Beginning beginning) throws IOException {
    RaftDisk to = disk == null ? openDisk() : disk;
    try {
      beginning.of(to);
      disk = to;
      run(to);
    } catch (IOException e) {
      disk = null;
      to.close();
      throw e;
    }
  }

  /** An error is told when it begins; its repetitions are a detail. */
  private void tell(String what, @Nullable String why) {
    LOG.log(
        trouble.isEmpty() ? Level.ERROR : Level.DEBUG, "{0}: {1}: {2}", config.name(), what, why);
    trouble = String.valueOf(why);
    troubleNanos = place.env().nanoTime();
  }

  private void setAside(boolean keep) throws IOException {
    Path log = config.folder().resolve(RaftDisk.FORM.file());
    if (keep) {
      Files.move(log, config.folder().resolve(LEFT_FILE), StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.deleteIfExists(log);
    }
  }

  private RaftDisk openDisk() throws IOException {
    return RaftDisk.open(
        config.folder(),
        place.files(),
        () -> execute(this::diskFailed),
        config.limits().compactBytesMin());
  }

  private void run(RaftDisk of) throws IOException {
    UUID group = of.group().orElseThrow();
    Replica started = new Replica(config.name(), group, of, this, config.limits());
    replica = started;
    farewell = false;
    listener.running();
    if (watches.group().isEmpty() && of.wasMember()) {
      Entries before = of.content(true);
      watches.reset(group, before.all(), before.lastVersion());
    }
    started.start();
  }

  /** A group of one's own, which begins with that content less what is the store's own. */
  void found(List<byte[]> content) throws IOException {
    Entries cleaned = new Entries();
    if (!content.isEmpty()) {
      cleaned.install(content);
      cleaned.forgetOwn();
    }
    Voter self = new Voter(config.self(), place.ids().get());
    UUID group = place.ids().get();
    begin(to -> to.begin(group, self, List.of(self), true, cleaned.snapshot()));
    LOG.log(
        Level.INFO,
        "{0}: begins a group store of its own with {1} entries",
        config.name(),
        cleaned.all().size());
    watches.reset(group, cleaned.all(), cleaned.lastVersion());
  }

  /** Is no voter any more: the log is set aside. Nothing is said for no reason. */
  void drop(String why) {
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
    // Whoever was once a member may come later.
    boolean hadOthers = own.members().size() > 1 || own.membersIndex() > 0;
    Set<UUID> joined = farewell ? own.entries().joined() : Set.of();
    if (farewell && hadOthers) {
      joined.add(own.group());
    }
    farewell = false;
    try {
      if (member && old.trouble().isEmpty()) {
        old.settle();
      }
      old.close();
      disk = null;
      setAside(member);
    } catch (IOException e) {
      LOG.log(Level.ERROR, config.name() + ": the old group store cannot be set aside", e);
      return;
    }
    if (!why.isEmpty()) {
      LOG.log(Level.INFO, "{0}: no voter of its group store any more: {1}", config.name(), why);
    }
    listener.dropped(joined);
  }

  /** Sets its log aside, if it has one, and begins a new group with those entries; false when the disk does not take that. */
  boolean goOnAlone(List<byte[]> entries) {
    Replica own = replica;
    RaftDisk old = disk;
    kept = entries;
    replica = null;
    try {
      if (own != null && old != null) {
        own.end();
        old.close();
        disk = null;
        setAside(true);
      }
    } catch (IOException e) {
      tell("the old group store cannot be set aside", e.getMessage());
      return false;
    }
    LOG.log(
        Level.WARNING,
        "{0}: goes on alone with a new group store, without the voters that are away; a log of the old one is kept in {1}",
        config.name(),
        config.folder().resolve(LEFT_FILE));
    return foundAgain();
  }

  private void diskFailed() {
    Replica own = replica;
    RaftDisk old = disk;
    if (closed || own == null || old == null) {
      return;
    }
    boolean broken = old.isBroken();
    tell(
        broken
            ? "the group store cannot write, this voter stops until the node restarts"
            : "the group store cannot write, this voter stops and tries again",
        old.trouble().orElse("its disk failed"));
    own.end();
    replica = null;
    try {
      old.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, config.name() + ": closing the log failed", e);
    }
    if (!broken) {
      place.env().schedule(REOPEN_PAUSE, () -> execute(this::reopen));
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
      place.env().schedule(REOPEN_PAUSE, () -> execute(this::reopen));
    }
  }

  @Override
  public void execute(Runnable task) {
    try {
      place.owner().execute(task);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.TRACE, "the group store has stopped", e);
    }
  }

  @Override
  public Env env() {
    return place.env();
  }

  @Override
  public void send(NodeId to, byte[] message) {
    place.peers().send(to, message);
  }

  @Override
  public boolean isReachable(NodeId node) {
    return place.peers().isReachable(node);
  }

  @Override
  public void applied(Replica of, LogEntry entry) {
    watches.apply(of.group(), entry);
    listener.decided(of);
    if (entry.key().equals(Keys.JOINED_INTO) && !farewell) {
      execute(() -> farewell(of));
    }
  }

  private void farewell(Replica of) {
    if (replica != of || farewell) {
      return;
    }
    farewell = true;
    place
        .env()
        .schedule(
            FAREWELL,
            () -> execute(() -> {
              if (replica == of) {
                drop("its group was given up for that of the view's first member");
                listener.act();
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
        listener.act();
      });
    }
  }

  /** The node is voter: what was kept for the case that it finds no group is needed no more. */
  void settled() {
    kept = List.of();
    if (place.env().nanoTime() - troubleNanos > 2 * REOPEN_PAUSE.toNanos()) {
      trouble = "";
    }
  }

  void close() {
    closed = true;
    Replica own = replica;
    if (own != null) {
      own.end();
    }
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
