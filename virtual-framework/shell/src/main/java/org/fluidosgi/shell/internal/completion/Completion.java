package org.fluidosgi.shell.internal.completion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.fluidosgi.shell.internal.Failure;
import org.fluidosgi.shell.internal.Options;
import org.fluidosgi.shell.internal.Source;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** What may come next on a command line: names of all commands of this node; options and arguments of ours.
 * A service of the JDK's interface, so that a console outside the framework can ask: the words of one command go in, the last one is what
 * is typed so far, perhaps empty; out come candidates, each with what it is, by whole words that begin with it.
 * Threads: any. Errors: none, there is nothing to offer then. */
public final class Completion implements Function<List<String>, Map<String, String>> {
  /** Service property, true: it completes Gogo's command lines. */
  public static final String PROPERTY = "fluid.completion";

  private static final String SCOPE = "osgi.command.scope";
  private static final String FUNCTION = "osgi.command.function";
  private static final String OURS = "fluid";

  private final BundleContext context;
  private final Candidates candidates;
  private final Map<String, List<String>> options = new TreeMap<>();

  /** Shape: {@code commands} are the objects that have our commands as methods. */
  public Completion(BundleContext context, Source source, List<Object> commands) {
    this.context = context;
    this.candidates = new Candidates(source);
    commands.forEach(each -> options.putAll(CommandOptions.of(each.getClass())));
  }

  /** Offers it to consoles. */
  public void register() {
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(PROPERTY, true);
    context.registerService(Function.class, this, properties);
  }

  @Override
  public Map<String, String> apply(List<String> words) {
    Map<String, String> found = new LinkedHashMap<>();
    if (words.isEmpty()) {
      return found;
    }
    String typed = words.get(words.size() - 1);
    all(words).forEach((word, what) -> {
      if (word.startsWith(typed) && isPlain(word)) {
        found.put(word, Failure.printable(what));
      }
    });
    return found;
  }

  /** Whether it is one word to Gogo and nothing more: names come from other nodes, and a word is put on the line as it is. */
  private static boolean isPlain(String word) {
    return word.codePoints()
        .noneMatch(c -> Character.isISOControl(c)
            || Character.isWhitespace(c)
            || ";|&<>`#${}()[]\"'\\".indexOf(c) >= 0);
  }

  private Map<String, String> all(List<String> words) {
    if (words.size() == 1) {
      return commandNames();
    }
    String command = ours(words.get(0));
    if (command.equals("help")) {
      return commandNames();
    }
    List<String> known = options.get(command);
    if (known == null) {
      return Map.of();
    }
    String typed = words.get(words.size() - 1);
    String before = words.get(words.size() - 2);
    if (typed.startsWith("-")) {
      Map<String, String> offered = new LinkedHashMap<>();
      known.stream().filter(each -> !words.contains(each)).forEach(each -> offered.put(each, ""));
      return offered;
    }
    try {
      if (before.startsWith("--") && !before.equals(Options.JSON)) {
        return candidates.valueOf(before);
      }
      boolean placed = command.equals("install") && words.contains("--on"); // only URLs follow
      return placed ? Map.of() : candidates.argument(command, arguments(words));
    } catch (RuntimeException e) {
      System.getLogger("org.fluidosgi.shell")
          .log(System.Logger.Level.DEBUG, "shell: nothing to offer", e);
      return Map.of();
    }
  }

  /** The number of the argument that is typed, from 0 on, without options and their values. */
  private static int arguments(List<String> words) {
    int count = 0;
    for (int i = 1; i < words.size() - 1; i++) {
      if (words.get(i).equals(Options.JSON)) {
        continue;
      }
      if (words.get(i).startsWith("--")) {
        i++;
      } else {
        count++;
      }
    }
    return count;
  }

  private static String ours(String name) {
    return name.startsWith(OURS + ":") ? name.substring(OURS.length() + 1) : name;
  }

  /** By scope and name; by the name alone where only one scope has it. */
  private Map<String, String> commandNames() {
    Map<String, List<String>> scopes = new TreeMap<>();
    try {
      ServiceReference<?>[] all =
          context.getAllServiceReferences(null, "(&(" + SCOPE + "=*)(" + FUNCTION + "=*))");
      for (ServiceReference<?> each : all == null ? new ServiceReference<?>[0] : all) {
        String scope = String.valueOf(each.getProperty(SCOPE));
        for (String function : names(each.getProperty(FUNCTION))) {
          List<String> having = scopes.computeIfAbsent(function, name -> new ArrayList<>());
          if (!having.contains(scope)) {
            having.add(scope);
          }
        }
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
    Map<String, String> names = new TreeMap<>();
    scopes.forEach((function, having) -> {
      having.forEach(scope -> names.put(scope + ":" + function, ""));
      if (having.size() == 1) {
        names.put(function, having.get(0));
      }
    });
    return names;
  }

  private static List<String> names(Object value) {
    if (value instanceof Object[] all) {
      return Arrays.stream(all).map(String::valueOf).toList();
    }
    return value instanceof Iterable<?> all
        ? StreamSupport.stream(all.spliterator(), false).map(String::valueOf).toList()
        : List.of(String.valueOf(value));
  }
}
