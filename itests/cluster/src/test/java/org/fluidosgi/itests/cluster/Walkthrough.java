package org.fluidosgi.itests.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The steps of a page: the lines of its {@code console} blocks.
 * Shape: {@code $ command} for the system's shell, {@code node> command} for a node's; what follows is what the node's command prints, also
 * after a line for the shell between. An ellipsis stands for any text, alone on a line for any lines; blanks count as one. */
final class Walkthrough {
  /** Prompt of the system's shell. */
  static final String SHELL = "$";

  private static final String ANYTHING = "…";
  private static final Pattern COMMAND = Pattern.compile("(\\$|[a-z]+>) (.+)");

  private Walkthrough() {}

  /** One command with what it prints. */
  record Step(int line, String prompt, String command, List<String> output) {
    /** Whether it prints that. */
    boolean prints(List<String> lines) {
      return matches(output, lines);
    }

    @Override
    public String toString() {
      return "line " + line + ": " + prompt + " " + command;
    }
  }

  /** The page's steps, in order. */
  static List<Step> read(Path page) throws IOException {
    List<Step> steps = new ArrayList<>();
    List<String> output = new ArrayList<>();
    boolean on = false;
    int number = 0;
    for (String line : Files.readAllLines(page)) {
      number++;
      if (line.startsWith("```")) {
        on = line.equals("```console");
        continue;
      }
      Matcher command = COMMAND.matcher(line);
      if (on && command.matches()) {
        boolean shell = command.group(1).equals(SHELL);
        List<String> printed = new ArrayList<>();
        if (!shell) {
          output = printed;
        }
        String prompt = shell ? SHELL : command.group(1).replace(">", "");
        steps.add(new Step(number, prompt, command.group(2), printed));
      } else if (on) {
        output.add(line);
      }
    }
    return steps;
  }

  private static boolean matches(List<String> expected, List<String> lines) {
    if (expected.isEmpty()) {
      return lines.isEmpty();
    }
    List<String> rest = expected.subList(1, expected.size());
    if (expected.get(0).equals(ANYTHING)) {
      return matches(rest, lines)
          || !lines.isEmpty() && matches(expected, lines.subList(1, lines.size()));
    }
    return !lines.isEmpty()
        && pattern(expected.get(0)).matcher(plain(lines.get(0))).matches()
        && matches(rest, lines.subList(1, lines.size()));
  }

  private static Pattern pattern(String line) {
    return Pattern.compile(Stream.of(plain(line).split(ANYTHING, -1))
        .map(Pattern::quote)
        .collect(Collectors.joining(".*")));
  }

  private static String plain(String line) {
    return line.strip().replaceAll(" +", " ");
  }
}
