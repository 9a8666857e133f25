package org.fluidosgi.groupstore.internal.raft;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.internal.core.Keys;
import org.fluidosgi.groupstore.internal.core.Write;
import org.jspecify.annotations.Nullable;

/** How this node finds the group it belongs to: asks the others for theirs, joins one, gives its own up for that of the view's first
 * member, begins one when there is none. Invariant: a group is given up only after its voters decided so, after it has decided to go on without
 * this node, or after an administrator has begun another in its place. Threads: the owner thread. Source: protocol-group-store, sections 4 and 5. */
final class Search {
  /** Groups of the past that are handed on when one is given up; a voter of an older one waits for an operator. */
  private static final int JOINED_MAX = 64;

  /** Stands for the group of a node that has none. */
  static final UUID NOBODYS = new UUID(0, 0);

  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  private final GroupNode node;
  private final OwnVoter voter;
  private final Set<NodeId> groupless = new HashSet<>();
  private Answer.@Nullable Group known;

  /** Voters of the known group that have said since that they belong to it no more. */
  private final Set<NodeId> gone = new HashSet<>();

  /** The group that the view's first member told of last. */
  private @Nullable UUID firstsGroup;

  /** Nodes of other groups that were asked, because they asked, since the last look. */
  private final Set<NodeId> askedBack = new HashSet<>();

  private final NavigableSet<UUID> joinedFrom = new TreeSet<>();

  /** The voter that proposes to give its group up. */
  private @Nullable Replica givingUp;

  private int asks;
  private boolean looking;
  private long aloneSinceNanos;

  Search(GroupNode node, OwnVoter voter) {
    this.node = node;
    this.voter = voter;
  }

  /** The group that others told of, while this node is no voter. */
  Answer.@Nullable Group known() {
    return known;
  }

  /** This node leads: what others tell does not matter. */
  void lead() {
    know(null);
  }

  private void know(Answer.@Nullable Group group) {
    if (known == null || group == null || !known.group().equals(group.group())) {
      gone.clear();
    }
    known = group;
  }

  /** A new view is in force. */
  void onView(boolean company) {
    if (company) {
      aloneSinceNanos = node.env().nanoTime();
    }
    groupless.clear();
    firstsGroup = null;
  }

  /** The node has no voter any more; {@code joined} are the groups that were given up for another and had several voters. */
  void dropped(Set<UUID> joined) {
    know(null);
    givingUp = null;
    joined.stream().limit(JOINED_MAX).forEach(joinedFrom::add);
    look();
  }

  /** Whether this node knows that the voters of that group have given it up, and nobody has been told yet. */
  boolean gaveUp(UUID group) {
    return joinedFrom.contains(group);
  }

  /** This node has begun a group by itself that takes the place of that one. */
  void goneOnFrom(UUID group) {
    know(null);
    looking = false;
    joinedFrom.add(group);
  }

  /** Looks for a group from now on; who stays alone begins one. */
  void look() {
    looking = true;
    aloneSinceNanos = node.env().nanoTime();
  }

  void join(Replica own) {
    node.leader()
        .ifPresent(to -> node.asker()
            .ask(to, new Question.Join(own.group(), own.self()), answer -> {
              if (answer instanceof Answer.Enough && voter.replica() == own && !own.isVoting()) {
                voter.drop("");
              }
            }));
  }

  void askAround(UUID group) {
    List<NodeId> members = node.view().members();
    Set<NodeId> asked = new LinkedHashSet<>();
    asked.add(members.get(0));
    node.leader().ifPresent(asked::add);
    asked.add(members.get(asks++ % members.size()));
    asked.forEach(each -> ask(each, new Question.Status(group)));
  }

  void ask(NodeId to, Question.Status question) {
    if (!to.equals(node.config().self())) {
      node.asker().ask(to, question, answer -> onStatus(to, question.group(), answer));
    }
  }

  private void onStatus(NodeId from, UUID asked, Answer answer) {
    Replica own = voter.replica();
    if (node.isClosed() || voter.isGivingUp() || !node.view().contains(from)) {
      return;
    }
    boolean first = isFirst(from);
    if (answer instanceof Answer.NoGroup no) {
      firstsGroup = first ? null : firstsGroup;
      denies(from);
      groupless.add(from);
      if (own != null && own.group().equals(asked) && no.joined()) {
        voter.drop("its group was given up for another");
      } else if (own != null && !own.isMember() && known == null) {
        voter.drop(""); // nobody knows of the group that it was to learn
      }
    } else if (answer instanceof Answer.Group group) {
      firstsGroup = first ? group.group() : firstsGroup;
      groupless.remove(from);
      if (own == null) {
        onGroup(from, group);
      } else if (own.group().equals(group.group())) {
        if (!own.isVoting() && isOwnOf(from, group)) {
          know(group);
        }
        if (group.leading()
            && group.membersIndex() > own.membersIndex()
            && own.isMember()
            && !group.members().contains(own.self())) {
          voter.drop("its group goes on without it");
        }
      } else if (group.joined()) {
        voter.drop("its group was given up for another");
      } else if (!own.isMember() && (node.leader().isEmpty() || isLedBy(known, from))) {
        voter.drop(""); // the group that it was to learn has no leader any more: that one went
      } else if (own.isLeader() && first) {
        meet(own, from, group);
      }
    }
  }

  /** The view's first member is in another group: ours is given up if the one who is said to lead that confirms it, for what somebody has
   * heard of a group may be long past; not if that one was given up for ours: then it comes to us. */
  private void meet(Replica own, NodeId first, Answer.Group group) {
    if (own.entries().get(Keys.JOINED + group.group()).version() > 0) {
      return;
    } else if (group.leading()) {
      giveUp(own, group.group());
      return;
    }
    askLeader(first, group, own.group(), answer -> {
      if (answer instanceof Answer.Group confirmed
          && confirmed.leading()
          && confirmed.group().equals(group.group())
          && voter.replica() == own
          && own.isLeader()
          && isFirst(first)) {
        giveUp(own, group.group());
      }
    });
  }

  /** Somebody asks on behalf of another group: perhaps ours was given up for it, which this node would not ask about, having the view's first
   * member on its side. */
  void askBack(NodeId from, UUID group) {
    Replica own = voter.replica();
    if (own != null
        && !own.isEnded()
        && !group.equals(own.group())
        && !group.equals(NOBODYS)
        && askedBack.add(from)) {
      ask(from, new Question.Status(own.group()));
    }
  }

  /** Some time has passed. */
  void tick() {
    askedBack.clear();
  }

  private boolean isFirst(NodeId from) {
    return from.equals(node.view().members().get(0));
  }

  /** Whether that node belongs to the group it tells of, instead of having heard of it. */
  private static boolean isOwnOf(NodeId from, Answer.Group group) {
    return group.leading()
        || group.members().stream().anyMatch(each -> ((Voter) each).node().equals(from));
  }

  /** Asks who is said to lead that group. */
  private void askLeader(NodeId from, Answer.Group group, UUID asker, Consumer<Answer> then) {
    group
        .leader()
        .map(Voter::node)
        .filter(leader -> !leader.equals(from)
            && !leader.equals(node.config().self())
            && node.view().contains(leader))
        .ifPresent(leader -> node.asker().ask(leader, new Question.Status(asker), answer -> {
          onStatus(leader, asker, answer);
          then.accept(answer);
        }));
  }

  /** That node does not belong to the known group: it does not lead it, and if most of its voters say so, the group is no more. */
  private void denies(NodeId from) {
    Answer.Group group = known;
    if (group == null) {
      return;
    }
    Set<NodeId> voting =
        group.voting().stream().map(each -> ((Voter) each).node()).collect(Collectors.toSet());
    if (voting.contains(from)) {
      gone.add(from);
    }
    gone.retainAll(voting);
    if (2 * gone.size() > voting.size()) {
      know(null);
      look();
    } else if (isLedBy(group, from)) {
      know(group.withoutLeader());
    }
  }

  /** Who led the group and tells of another, or of none, leads it no more. */
  private static boolean isLedBy(Answer.@Nullable Group group, NodeId node) {
    return group != null
        && group.leader().filter(each -> each.node().equals(node)).isPresent();
  }

  /** A client looks for a group: that of the view's first member, else any. */
  private void onGroup(NodeId from, Answer.Group group) {
    UUID ofLog = voter.groupOfLog();
    if (gaveUp(group.group())) {
      groupless.add(from); // who still speaks for it does not know that its voters gave it up
      return;
    }
    if (!isOwnOf(from, group)) {
      askLeader(from, group, ofLog, answer -> {});
      return;
    } else if (voter.disk() != null && !ofLog.equals(group.group()) && !group.joined()) {
      return; // its disk failed: it goes on from its log as soon as it can
    }
    Answer.Group before = known;
    if (before != null && !before.group().equals(group.group())) {
      boolean led = node.leader().isPresent() && !isLedBy(before, from);
      denies(from);
      if (known != null && led && !group.group().equals(firstsGroup)) {
        return;
      }
    }
    gone.remove(from);
    know(group);
    looking = false;
    // A voter of this node with another log is one whose log is no more: it has to be replaced.
    boolean earlier = group.members().stream()
        .anyMatch(each -> ((Voter) each).node().equals(node.config().self()));
    if (group.leading() && (group.wanted() || earlier) && voter.mayBegin()) {
      voter.learn(group);
      Replica own = voter.replica();
      if (own != null) {
        join(own);
      }
    } else {
      node.following().pull();
    }
  }

  /** Begins a group again where nobody has one: this node is alone, or the first of those who have all given theirs up for one
   * another's. Not at once: whoever has just started, or has lost its disk, does not know yet what the others know. */
  void foundAlone() {
    Set<NodeId> others = new HashSet<>(node.view().members());
    others.remove(node.config().self());
    if (looking
        && known == null
        && node.view().members().get(0).equals(node.config().self())
        && groupless.containsAll(others)
        && node.env().nanoTime() - aloneSinceNanos > node.config().alone().toNanos()) {
      foundAgain();
    }
  }

  private void foundAgain() {
    if (voter.mayBegin() && voter.foundAgain()) {
      know(null);
      looking = false;
    }
  }

  private void giveUp(Replica own, UUID into) {
    Versioned marked = own.entries().get(Keys.JOINED_INTO);
    if (marked.version() == 0) {
      if (givingUp != own) { // told once, tried until it is decided
        givingUp = own;
        int entries = own.entries().all().size();
        LOG.log(
            entries == 0 ? Level.INFO : Level.WARNING,
            "{0}: two group stores meet; the one of {1} is the first member''s and stays, ours of {2} entries is given up for it"
                + " and kept in {3}",
            node.config().name(),
            node.view().members().get(0),
            entries,
            node.config().folder().resolve(OwnVoter.LEFT_FILE));
      }
      own.propose(new Write(Keys.JOINED_INTO, 0, into.toString().getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** Tells the group that took us that ours is no more, for voters of ours that come later. */
  void tellJoined() {
    Optional<NodeId> leader = node.leader();
    if (joinedFrom.isEmpty() || leader.isEmpty()) {
      return;
    }
    UUID from = joinedFrom.first();
    Write mark = new Write(Keys.JOINED + from, 0, new byte[0]);
    Replica own = voter.replica();
    if (own != null && own.isLeader()) {
      own.propose(mark);
      joinedFrom.remove(from);
    } else {
      node.asker().ask(leader.get(), new Question.Decide(mark), answer -> {
        if (answer instanceof Answer.Entry || answer instanceof Answer.Conflict) {
          joinedFrom.remove(from);
        }
      });
    }
  }
}
