package org.fluidosgi.shell.internal.events;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.fluidosgi.shell.internal.json.Json;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/** Which events are printed: of those kinds, with that part in what they happened to, or matching that filter.
 * Threads: immutable. */
record Wanted(
    Set<GroupEvent.Kind> kinds, String part, @Nullable Filter filter)
    implements Predicate<GroupEvent> {

  /** Shape: kinds parted by commas, none for all; a filter begins with a parenthesis, anything else is a part of a name.
   * Errors: IllegalArgumentException naming what is wrong. */
  static Wanted of(String kinds, String filter) {
    EnumSet<GroupEvent.Kind> chosen = EnumSet.noneOf(GroupEvent.Kind.class);
    for (String kind : kinds.isBlank() ? new String[0] : kinds.split(",")) {
      try {
        chosen.add(GroupEvent.Kind.valueOf(kind.trim().toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "no kind '" + kind + "': there are bundle, service, framework, node", e);
      }
    }
    if (chosen.isEmpty()) {
      chosen = EnumSet.allOf(GroupEvent.Kind.class);
    }
    if (!filter.startsWith("(")) {
      return new Wanted(chosen, filter.toLowerCase(Locale.ROOT), null);
    }
    try {
      return new Wanted(chosen, "", FrameworkUtil.createFilter(filter));
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException("filter " + filter + " is wrong: " + e.getMessage(), e);
    }
  }

  /** The first line, for people or for programs: what happens from now on is told. */
  String following(boolean json) {
    List<String> titles = kinds.stream().map(GroupEvent.Kind::title).toList();
    return json
        ? Json.line(Map.of("following", titles))
        : "following " + String.join(", ", titles) + " events of the group, Ctrl-C ends it";
  }

  private boolean has(String text) {
    return text.toLowerCase(Locale.ROOT).contains(part);
  }

  @Override
  public boolean test(GroupEvent event) {
    return kinds.contains(event.kind())
        && (has(event.subject())
            || has(String.valueOf(event.facts().getOrDefault("interfaces", ""))))
        && (filter == null || filter.match(event.attributes()));
  }
}
