package org.fluidosgi.groupstore.internal.raft;

import java.util.UUID;
import org.fluidosgi.groupstore.internal.core.Keys;
import org.fluidosgi.groupstore.internal.core.Write;

/** What one group store asks another. Byte table: protocol-group-store. */
sealed interface Question {
  /** Which group are you in; and was that group of mine given up for yours? */
  record Status(UUID group) implements Question {}

  /** Decide this write; you lead. */
  record Decide(Write write) implements Question {}

  /** Read this, confirmed by a majority; you lead. */
  record Read(String key) implements Question {}

  /** Take me in; you lead. */
  record Join(UUID group, Voter voter) implements Question {}

  /** Take me out; you lead. */
  record Leave(UUID group, Voter voter) implements Question {}

  /** What changed after that version. */
  record Changes(UUID group, long version) implements Question {}

  /** The entries after that key. */
  record Contents(UUID group, String key) implements Question {}

  private static RaftWriter kind(int kind) {
    return new RaftWriter().u8(kind);
  }

  /** As bytes. */
  default byte[] encode() {
    RaftWriter to;
    if (this instanceof Status q) {
      to = kind(1).id(q.group);
    } else if (this instanceof Decide q) {
      to = kind(2).write(q.write);
    } else if (this instanceof Read q) {
      to = kind(3).text(q.key);
    } else if (this instanceof Join q) {
      to = kind(4).id(q.group).voter(q.voter);
    } else if (this instanceof Leave q) {
      to = kind(5).id(q.group).voter(q.voter);
    } else if (this instanceof Changes q) {
      to = kind(6).id(q.group).i64(q.version);
    } else {
      Contents q = (Contents) this;
      to = kind(7).id(q.group).text(q.key);
    }
    return to.bytes();
  }

  /** From bytes. Errors: IllegalArgumentException. */
  static Question decode(byte[] bytes) {
    RaftReader from = new RaftReader(bytes);
    int kind = from.u8();
    Question question = switch (kind) {
      case 1 -> new Status(from.id());
      case 2 -> new Decide(from.write());
      case 3 -> new Read(from.text(Keys.CHARS_MAX));
      case 4 -> new Join(from.id(), from.voter());
      case 5 -> new Leave(from.id(), from.voter());
      case 6 -> new Changes(from.id(), from.index());
      case 7 -> new Contents(from.id(), from.text(Keys.CHARS_MAX));
      default -> throw new IllegalArgumentException("a question of kind " + kind);
    };
    from.end();
    return question;
  }
}
