package org.fluidosgi.groupstore.internal.raft;

import io.microraft.RaftEndpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.LogEntry;

/** What a group store answers. Byte table: protocol-group-store. */
sealed interface Answer {
  /** I belong to no group at present, or am no member yet; {@code joined}: yours was given up for another. */
  record NoGroup(boolean joined) implements Answer {}

  /** My group; {@code wanted}: I lead and there is room for another voter; {@code joined}: yours was given up for it, or for one before it. */
  record Group(
      UUID group,
      Collection<RaftEndpoint> initial,
      long membersIndex,
      Collection<RaftEndpoint> members,
      Collection<RaftEndpoint> voting,
      Optional<Voter> leader,
      boolean leading,
      boolean wanted,
      boolean joined)
      implements Answer {
    Group withoutLeader() {
      return new Group(
          group, initial, membersIndex, members, voting, Optional.empty(), false, false, joined);
    }
  }

  /** The entry is this; written, if that was asked. */
  record Entry(Versioned entry) implements Answer {}

  /** The entry had another version. */
  record Conflict(Versioned found) implements Answer {}

  /** No, and why; nothing was done. */
  record Refused(String why) implements Answer {}

  /** Ask the leader; nothing was done. */
  record NotLeader() implements Answer {}

  /** Nobody knows whether it was done. */
  record Unknown(String why) implements Answer {}

  /** Yes. */
  record Done() implements Answer {}

  /** There are voters enough. */
  record Enough() implements Answer {}

  /** Some entries. */
  record Page(Entries.Page page) implements Answer {}

  /** That is too long ago: read everything. */
  record TooOld() implements Answer {}

  /** Most characters of a reason. */
  int WHY_CHARS_MAX = 2000;

  /** Most entries of a page. */
  int PAGE_ENTRIES_MAX = 100_000;

  private static RaftWriter kind(int kind) {
    return new RaftWriter().u8(kind);
  }

  private static String cut(String why) {
    return why.length() <= WHY_CHARS_MAX ? why : why.substring(0, WHY_CHARS_MAX);
  }

  /** As bytes. */
  default byte[] encode() {
    RaftWriter to;
    if (this instanceof NoGroup a) {
      to = kind(1).flag(a.joined);
    } else if (this instanceof Group a) {
      to = kind(2)
          .id(a.group)
          .voters(a.initial)
          .i64(a.membersIndex)
          .voters(a.members)
          .voters(a.voting)
          .flag(a.leading)
          .flag(a.wanted)
          .flag(a.joined)
          .flag(a.leader.isPresent());
      a.leader.ifPresent(to::voter);
    } else if (this instanceof Entry a) {
      to = entry(kind(3), a.entry);
    } else if (this instanceof Conflict a) {
      to = entry(kind(4), a.found);
    } else if (this instanceof Refused a) {
      to = kind(5).text(cut(a.why));
    } else if (this instanceof NotLeader) {
      to = kind(6);
    } else if (this instanceof Unknown a) {
      to = kind(7).text(cut(a.why));
    } else if (this instanceof Done) {
      to = kind(8);
    } else if (this instanceof Enough) {
      to = kind(9);
    } else if (this instanceof Page a) {
      to = kind(10).i64(a.page.upTo()).flag(a.page.more()).i32(a.page.entries().size());
      for (LogEntry each : a.page.entries()) {
        to.blob(each.content());
      }
    } else {
      to = kind(11);
    }
    return to.bytes();
  }

  private static RaftWriter entry(RaftWriter to, Versioned entry) {
    return to.i64(entry.version()).value(entry.value());
  }

  /** From bytes. Errors: IllegalArgumentException. */
  static Answer decode(byte[] bytes) {
    RaftReader from = new RaftReader(bytes);
    int kind = from.u8();
    Answer answer = switch (kind) {
      case 1 -> new NoGroup(from.flag());
      case 2 -> group(from);
      case 3 -> new Entry(new Versioned(from.index(), from.value()));
      case 4 -> new Conflict(new Versioned(from.index(), from.value()));
      case 5 -> new Refused(from.text(WHY_CHARS_MAX));
      case 6 -> new NotLeader();
      case 7 -> new Unknown(from.text(WHY_CHARS_MAX));
      case 8 -> new Done();
      case 9 -> new Enough();
      case 10 -> page(from);
      case 11 -> new TooOld();
      default -> throw new IllegalArgumentException("an answer of kind " + kind);
    };
    from.end();
    return answer;
  }

  private static Group group(RaftReader from) {
    UUID group = from.id();
    Collection<RaftEndpoint> initial = from.voters();
    long index = from.index();
    Collection<RaftEndpoint> members = from.voters();
    Collection<RaftEndpoint> voting = from.voters();
    boolean leading = from.flag();
    boolean wanted = from.flag();
    boolean joined = from.flag();
    Optional<Voter> leader = from.flag() ? Optional.of(from.voter()) : Optional.empty();
    return new Group(group, initial, index, members, voting, leader, leading, wanted, joined);
  }

  private static Page page(RaftReader from) {
    long upTo = from.index();
    boolean more = from.flag();
    int count = from.count(PAGE_ENTRIES_MAX, "a number of entries");
    List<LogEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] content = from.blob(LogEntry.CONTENT_BYTES_MAX);
      if (content.length < LogEntry.FIXED_BYTES) {
        throw new IllegalArgumentException("an entry of " + content.length + " bytes");
      }
      entries.add(LogEntry.decode(content));
    }
    return new Page(new Entries.Page(entries, upTo, more));
  }
}
