package org.fluidosgi.shell.internal.events;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Something that happened in the group.
 * Shape: {@code subject} is what it happened to, for people; {@code facts} are the same for programs, {@code matched} what a
 * filter is held against beside them. Threads: immutable. */
record GroupEvent(
    Instant time,
    Kind kind,
    @Nullable String node,
    String event,
    String subject,
    Map<String, Object> facts,
    Map<String, Object> matched) {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  GroupEvent {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  /** What an event is about. */
  enum Kind {
    BUNDLE,
    SERVICE,
    FRAMEWORK,
    NODE;

    String title() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One line for people. */
  String text() {
    return String.format(
        "%s  %-4s  %-9s  %s %s",
        CLOCK.format(time), node == null ? "-" : node, kind.title(), subject, event);
  }

  /** The fields for programs. */
  Map<String, Object> document() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("time", time);
    fields.put("kind", kind.title());
    fields.put("node", node);
    fields.put("event", event);
    fields.putAll(facts);
    return fields;
  }

  /** What a filter sees; names of attributes in any case. */
  Dictionary<String, Object> attributes() {
    Map<String, Object> all = document();
    Dictionary<String, Object> attributes = new Hashtable<>();
    Map<String, String> seen = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Map<String, Object> each : List.of(all, matched)) {
      each.forEach((name, value) -> {
        if (value != null && seen.putIfAbsent(name, name) == null) {
          attributes.put(name, value);
        }
      });
    }
    return attributes;
  }
}
