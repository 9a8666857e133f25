package org.fluidosgi.groupstore.internal.raft;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.LogEntry;
import org.fluidosgi.groupstore.internal.core.WatchedCopy;

/** How a node that is no voter keeps its copy: it asks the leader for what changed, who answers when something has; and the
 * leader's side of that. Threads: the owner thread. */
final class Following {
  /** Longest wait for a change. */
  static final Duration WAIT = Duration.ofSeconds(5);

  /** Questions that may wait for a change; further ones are answered at once. */
  static final int WAITING_MAX = 1024;

  /** Bytes of entries in one answer. */
  static final int PAGE_BYTES = 512 * 1024;

  private final GroupNode node;
  private final WatchedCopy watches;
  private final List<Waiting> waiting = new ArrayList<>();
  private boolean asking;

  private record Waiting(Question.Changes question, CompletableFuture<Answer> answer) {}

  Following(GroupNode node, WatchedCopy watches) {
    this.node = node;
    this.watches = watches;
  }

  /** Questions that wait. */
  int waiting() {
    return waiting.size();
  }

  /** Asks for what is new, unless that is under way. */
  void pull() {
    Optional<NodeId> leader = node.leader();
    Optional<UUID> group = node.group();
    if (asking || leader.isEmpty() || group.isEmpty() || node.isVoter()) {
      return;
    }
    asking = true;
    if (watches.group().equals(group)) {
      changes(leader.get(), group.get());
    } else {
      contents(leader.get(), group.get(), "", new TreeMap<>(), Long.MAX_VALUE);
    }
  }

  private void changes(NodeId from, UUID group) {
    long known = watches.upTo();
    ask(from, new Question.Changes(group, known), answer -> {
      if (answer instanceof Answer.Page page) {
        page.page().entries().stream()
            .sorted((a, b) -> Long.compare(a.version(), b.version()))
            .forEach(entry -> watches.apply(group, entry));
        watches.advance(group, page.page().upTo());
        return true;
      } else if (answer instanceof Answer.TooOld) {
        asking = true;
        contents(from, group, "", new TreeMap<>(), Long.MAX_VALUE);
      }
      return false;
    });
  }

  private void contents(
      NodeId from, UUID group, String after, Map<String, Versioned> all, long version) {
    ask(from, new Question.Contents(group, after), answer -> {
      if (!(answer instanceof Answer.Page page)) {
        return false;
      }
      String last = after;
      for (LogEntry entry : page.page().entries()) {
        all.put(entry.key(), new Versioned(entry.version(), entry.value()));
        last = entry.key();
      }
      long upTo = Math.min(version, page.page().upTo()); // changes since then are told again
      if (page.page().more() && !last.equals(after)) {
        asking = true;
        contents(from, group, last, all, upTo);
        return false;
      }
      watches.reset(group, all, upTo);
      return true;
    });
  }

  /** What an answer leads to: whether to ask again at once. */
  @FunctionalInterface
  private interface Then {
    boolean take(Answer answer);
  }

  private void ask(NodeId to, Question question, Then then) {
    node.asker().ask(to, question, WAIT.plusSeconds(2)).whenComplete((answer, failure) -> {
      asking = false;
      if (failure == null && then.take(answer)) {
        pull();
      }
    });
  }

  /** Answers what changed, or waits until something has. */
  CompletableFuture<Answer> serve(Replica own, Question.Changes question) {
    Answer now = now(own, question);
    if (!(now instanceof Answer.Page page)
        || page.page().upTo() > question.version()
        || waiting.size() >= WAITING_MAX) {
      return CompletableFuture.completedFuture(now);
    }
    Waiting added = new Waiting(question, new CompletableFuture<>());
    waiting.add(added);
    node.env()
        .schedule(
            WAIT,
            () -> node.execute(() -> {
              if (waiting.remove(added)) {
                added.answer().complete(now(own, question));
              }
            }));
    return added.answer();
  }

  private static Answer now(Replica own, Question.Changes question) {
    if (!own.group().equals(question.group())) {
      return new Answer.NotLeader();
    }
    Optional<Entries.Page> page = own.entries().changedAfter(question.version(), PAGE_BYTES);
    return page.isPresent() ? new Answer.Page(page.get()) : new Answer.TooOld();
  }

  /** Answers the next entries. */
  Answer serve(Replica own, Question.Contents question) {
    return own.group().equals(question.group())
        ? new Answer.Page(own.entries().after(question.key(), PAGE_BYTES))
        : new Answer.NotLeader();
  }

  /** Something was decided. */
  void changed(Replica own) {
    if (waiting.isEmpty()) {
      return;
    }
    List<Waiting> served = List.copyOf(waiting);
    waiting.clear();
    served.forEach(each -> each.answer().complete(now(own, each.question())));
  }

  void close() {
    waiting.forEach(each -> each.answer().complete(new Answer.NotLeader()));
    waiting.clear();
  }
}
