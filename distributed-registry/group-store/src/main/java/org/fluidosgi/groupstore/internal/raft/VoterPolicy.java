package org.fluidosgi.groupstore.internal.raft;

import io.microraft.MembershipChangeMode;
import io.microraft.RaftEndpoint;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.Env;
import org.fluidosgi.registry.View;

/** What a leader does about the voters, one change at a time: takes out who is gone for long, lets newcomers learn, then vote.
 * Every change is itself decided by the voters. Threads: the owner thread. */
final class VoterPolicy {
  /** How long a wish to join holds; it is renewed at each look. */
  static final Duration WISH = Duration.ofSeconds(5);

  /** How long a newcomer may learn. */
  static final Duration LEARN_MAX = Duration.ofSeconds(60);

  /** How long a member that is there may take to say so. */
  static final Duration ANSWER_MAX = Duration.ofSeconds(1);

  /** Members taken out that are remembered; of older ones a later leader knows nothing either. */
  private static final int TAKEN_OUT_MAX = 64;

  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  private final GroupNode.Config config;
  private final Env env;
  private final Asker asker;
  private final Map<Voter, Long> wishes = new LinkedHashMap<>();
  private final Map<Voter, Long> absentSince = new HashMap<>();
  private final Map<Voter, Long> learningSince = new HashMap<>();
  private final Set<Voter> takenOut = new LinkedHashSet<>();
  private boolean changing;

  VoterPolicy(GroupNode.Config config, Env env, Asker asker) {
    this.config = config;
    this.env = env;
    this.asker = asker;
  }

  void clear() {
    wishes.clear();
    absentSince.clear();
    learningSince.clear();
    takenOut.clear();
    changing = false;
  }

  /** Those who want to vote. */
  int wishes() {
    return wishes.size();
  }

  /** Whether another member is wanted. */
  boolean hasRoom(Replica own) {
    return own.members().size() + wishes.size() < config.voters();
  }

  /** Somebody wants to join. */
  Answer join(Replica own, Voter voter) {
    if (own.members().contains(voter)) {
      return new Answer.Done();
    }
    if (takenOut.contains(voter)) {
      return new Answer
          .Enough(); // its log will tell it that it ends: it must come back with another
    }
    boolean earlierLog =
        own.members().stream().anyMatch(each -> ((Voter) each).node().equals(voter.node()));
    if (!wishes.containsKey(voter) && !hasRoom(own) && !earlierLog) {
      return new Answer.Enough();
    }
    wishes.put(voter, env.nanoTime());
    return new Answer.Done();
  }

  /** Does the next thing to be done, if there is any. */
  void act(Replica own, View view) {
    long now = env.nanoTime();
    wishes.values().removeIf(at -> now - at > WISH.toNanos());
    wishes.keySet().removeIf(own.members()::contains);
    note(own.members(), view, now);
    learningSince.keySet().retainAll(own.members());
    learningSince.keySet().removeAll(own.votingMembers());
    own.members().stream()
        .filter(each -> !own.votingMembers().contains(each))
        .forEach(each -> learningSince.putIfAbsent((Voter) each, now));
    if (changing) {
      return;
    }
    Optional<Voter> gone = gone(own, now).filter(each -> canDecideWithout(own, each, view));
    if (gone.isPresent()) {
      if (takenOut.size() == TAKEN_OUT_MAX) {
        takenOut.remove(takenOut.iterator().next());
      }
      takenOut.add(gone.get());
      changing = true;
      takeOut(own, gone.get(), view).whenComplete((done, failure) -> changing = false);
      return;
    }
    Optional<Voter> learner = own.members().stream()
        .filter(each -> !own.votingMembers().contains(each))
        .map(Voter.class::cast)
        .findFirst();
    if (learner.isPresent()) {
      promote(own, learner.get());
    } else if (own.members().size() < config.voters()) {
      wishes.keySet().stream()
          .filter(each -> view.contains(each.node()))
          .findFirst()
          .ifPresent(each -> change(own, each, MembershipChangeMode.ADD_LEARNER));
    }
  }

  private void note(Collection<RaftEndpoint> members, View view, long now) {
    absentSince.keySet().retainAll(members);
    for (RaftEndpoint each : members) {
      Voter voter = (Voter) each;
      if (view.contains(voter.node())) {
        absentSince.remove(voter);
      } else {
        absentSince.putIfAbsent(voter, now);
      }
    }
  }

  /** A member that is absent or learns for too long, or whose node has begun a new log. */
  private Optional<Voter> gone(Replica own, long now) {
    return own.members().stream()
        .map(Voter.class::cast)
        .filter(each -> !each.equals(own.self()))
        .filter(each ->
            now - absentSince.getOrDefault(each, now) > config.replace().toNanos()
                || wishes.keySet().stream()
                    .anyMatch(wish -> wish.node().equals(each.node()) && !wish.equals(each)))
        .findFirst();
  }

  /** Takes a member out, if the voters that are left answer at this moment: one that has just died may still be in the view. False: it
   * stays, for now. */
  CompletableFuture<Boolean> takeOut(Replica own, Voter voter, View view) {
    if (!canDecideWithout(own, voter, view)) {
      return CompletableFuture.completedFuture(false);
    }
    long members = own.membersIndex();
    List<Voter> left = own.votingMembers().stream()
        .map(Voter.class::cast)
        .filter(each -> !each.equals(voter))
        .toList();
    List<CompletableFuture<Boolean>> answers =
        left.stream().map(each -> answers(own, each)).toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).thenCompose(all -> {
      long present = answers.stream().filter(CompletableFuture::join).count();
      return 2 * present > left.size() && own.membersIndex() == members
          ? change(own, voter, MembershipChangeMode.REMOVE_MEMBER)
          : CompletableFuture.completedFuture(false);
    });
  }

  /** Whether that member of the group is there now. */
  private CompletableFuture<Boolean> answers(Replica own, Voter member) {
    if (member.equals(own.self())) {
      return CompletableFuture.completedFuture(true);
    }
    return asker
        .ask(member.node(), new Question.Status(own.group()), ANSWER_MAX)
        .handle((answer, failure) -> answer instanceof Answer.Group group
            && group.group().equals(own.group())
            && group.members().contains(member));
  }

  /** Whether the voters that are left without that one can decide at once: else a change that cannot be decided any more would stand
   * in the way of those who could decide without it. */
  private static boolean canDecideWithout(Replica own, Voter voter, View view) {
    List<RaftEndpoint> left =
        own.votingMembers().stream().filter(each -> !each.equals(voter)).toList();
    long present =
        left.stream().filter(each -> view.contains(((Voter) each).node())).count();
    return 2 * present > left.size();
  }

  /** A learner votes if it answers at this moment: one that has just died would be needed from then on, and never come. */
  private void promote(Replica own, Voter learner) {
    changing = true;
    long members = own.membersIndex();
    own.hasCaughtUp(learner)
        .thenCompose(
            caughtUp -> caughtUp ? answers(own, learner) : CompletableFuture.completedFuture(false))
        .whenComplete((there, failure) -> {
          changing = false;
          if (failure == null && there && own.membersIndex() == members) {
            change(own, learner, MembershipChangeMode.ADD_OR_PROMOTE_TO_FOLLOWER);
          }
        });
  }

  private CompletableFuture<Boolean> change(Replica own, Voter voter, MembershipChangeMode mode) {
    changing = true;
    return own.change(voter, mode).handle((done, failure) -> {
      changing = false;
      if (failure == null) {
        LOG.log(
            Level.INFO,
            "{0}: group store: {1} {2}, voters: {3}",
            config.name(),
            voter.node(),
            switch (mode) {
              case ADD_LEARNER -> "learns";
              case ADD_OR_PROMOTE_TO_FOLLOWER -> "votes";
              case REMOVE_MEMBER -> "is taken out";
            },
            own.votingMembers().size());
      } else {
        LOG.log(Level.DEBUG, () -> config.name() + ": " + mode + " of " + voter + ": " + failure);
      }
      return failure == null;
    });
  }
}
