package org.fluidosgi.launcher.internal.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Offers what the node's shell knows may come next, in the command in which the cursor is. */
final class GogoCompleter implements Completer {
  private static final Set<String> COMMAND_ENDS = Set.of("|", ";", "{", "(", "&&", "||");

  private final Gogo gogo;

  GogoCompleter(Gogo gogo) {
    this.gogo = gogo;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    List<String> words = new ArrayList<>();
    for (String word : line.words().subList(0, line.wordIndex())) {
      if (COMMAND_ENDS.contains(word)) {
        words.clear();
      } else {
        words.add(word);
      }
    }
    words.add(line.word().substring(0, line.wordCursor()));
    gogo.completions(words)
        .forEach((word, what) -> candidates.add(
            new Candidate(word, word, null, what.isEmpty() ? null : what, null, null, true)));
  }
}
