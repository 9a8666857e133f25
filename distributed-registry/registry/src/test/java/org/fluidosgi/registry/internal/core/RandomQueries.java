package org.fluidosgi.registry.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Clause;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.osgi.framework.Version;

/** Random records and filters over few names and values, so that they often meet. */
final class RandomQueries {
  static final String KIND = "k";
  static final List<String> DECLARED = List.of("Region");
  private static final List<String> INDEXED = List.of("objectClass", "bsn", "sha256", "Region");
  private static final List<String> OTHERS = List.of("x", "y.z", "A b");
  private static final List<String> TEXTS = List.of(
      "a", "b", "c", "A", "a b", " a", "", "5", "1.0", "true", "*", "a*", "(a)", "\\", "\u00e4");

  /** A filter, and the equalities over indexed attributes that hold for whatever matches it, or does not match it. */
  record Filter(String text, Set<Equality> mandatory, Set<Equality> ifNot) {
    static Filter of(String text) {
      return new Filter(text, Set.of(), Set.of());
    }
  }

  /** An attribute's name as declared, and a text. */
  record Equality(String attribute, String value) {
    String key() {
      return switch (attribute) {
        case "objectClass" -> "oc:" + value;
        case "Region" -> "attr:region:" + value;
        default -> attribute + ":" + value;
      };
    }

    String filter() {
      return "(" + attribute + "=" + value.replaceAll("([\\\\*()])", "\\\\$1") + ")";
    }
  }

  /** Namespaces of capabilities. */
  static final List<String> NAMESPACES = List.of("n1", "n2");

  private final Random random;
  private long seq;

  RandomQueries(Random random) {
    this.random = random;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  static NodeId node(int number) {
    return new NodeId(new UUID(number % 2 == 0 ? 0 : -1, -number));
  }

  /** A record of one of a few ids. Shape: {@code tidy} = indexed attributes are texts of that very name, and its publisher wrote their keys. */
  StoredRecord record(boolean tidy) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    Set<String> keys = new HashSet<>();
    for (String name : INDEXED) {
      if (random.nextInt(3) > 0) {
        List<String> texts = texts();
        attributes.put(
            tidy ? name : anyCase(name), tidy || random.nextInt(3) > 0 ? typed(texts) : odd());
        texts.forEach(text -> keys.add(new Equality(name, text).key()));
      }
    }
    for (String name : OTHERS) {
      if (random.nextBoolean()) {
        attributes.put(anyCase(name), random.nextBoolean() ? typed(texts()) : odd());
      }
    }
    if (!tidy) {
      keys.removeIf(key -> random.nextBoolean());
      keys.add("own:" + random.nextInt(4));
    }
    return StoredRecord.of(
        new RegistryRecord(
            id(),
            new Incarnation(new UUID(1, 1), 1),
            0,
            ++seq,
            RegistryRecord.Scope.GROUP,
            Duration.ZERO,
            1,
            keys,
            attributes),
        new byte[0]);
  }

  /** A record of one of a few ids with some capabilities. */
  StoredRecord resource() {
    List<Clause> capabilities = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      Map<String, Object> attributes = new LinkedHashMap<>();
      for (String name : List.of("n1", "n2", "x")) {
        if (random.nextInt(3) > 0) {
          attributes.put(anyCase(name), random.nextInt(3) > 0 ? typed(List.of(one(TEXTS))) : odd());
        }
      }
      capabilities.add(new Clause(one(NAMESPACES), attributes, Map.of()));
    }
    RecordId id = new RecordId(node(1), Interest.RESOURCE, "r" + random.nextInt(8));
    return StoredRecord.of(
        new RegistryRecord(
            id,
            new Incarnation(new UUID(1, 1), 1),
            0,
            ++seq,
            RegistryRecord.Scope.GROUP,
            Duration.ZERO,
            1,
            Set.of(),
            Map.of(Clause.CAPABILITIES, Clause.grouped(capabilities))),
        new byte[0]);
  }

  /** A filter over what {@link #resource} may have. */
  String capabilityFilter() {
    return filter()
        .text()
        .replaceAll("(?i)objectClass|bsn", "n1")
        .replaceAll("(?i)sha256|Region", "n2")
        .replaceAll("(?i)y\\.z|A b", "x");
  }

  RecordId id() {
    return new RecordId(node(1 + random.nextInt(3)), KIND, "r" + random.nextInt(8));
  }

  private List<String> texts() {
    List<String> texts = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      texts.add(one(TEXTS));
    }
    return texts;
  }

  private Object typed(List<String> texts) {
    if (texts.size() == 1 && random.nextBoolean()) {
      return texts.get(0);
    }
    return switch (random.nextInt(3)) {
      case 0 -> texts.toArray(String[]::new);
      case 1 -> List.copyOf(texts);
      default -> Set.copyOf(texts);
    };
  }

  private Object odd() {
    return switch (random.nextInt(10)) {
      case 0 -> 5;
      case 1 -> 5L;
      case 2 -> 1.0;
      case 3 -> Version.parseVersion("1.0");
      case 4 -> 'a';
      case 5 -> true;
      case 6 -> new int[] {1, 5};
      case 7 -> List.of("b", 5, List.of("a"));
      case 8 -> new Integer[] {5};
      default -> List.of();
    };
  }

  /** Shape: as {@link #record}. */
  Filter filter() {
    return filter(0);
  }

  private Filter filter(int depth) {
    int choice = depth > 3 ? 9 : random.nextInt(10);
    return switch (choice) {
      case 0, 1 -> joined('&', depth);
      case 2, 3 -> joined('|', depth);
      case 4, 5 -> {
        Filter part = filter(depth + 1);
        String not = space() + "!" + space() + part.text();
        yield random.nextBoolean()
            ? new Filter(closed(not), part.ifNot(), part.mandatory())
            : new Filter(closed("!" + closed(not)), part.mandatory(), part.ifNot());
      }
      default -> comparison();
    };
  }

  private Filter joined(char operator, int depth) {
    StringBuilder text = new StringBuilder(space()).append(operator).append(space());
    Set<Equality> mandatory = new HashSet<>();
    Set<Equality> ifNot = new HashSet<>();
    int parts = 1 + random.nextInt(3);
    for (int i = 0; i < parts; i++) {
      Filter part = filter(depth + 1);
      text.append(part.text());
      if (operator == '&' || parts == 1) {
        mandatory.addAll(part.mandatory());
      }
      if (operator == '|' || parts == 1) {
        ifNot.addAll(part.ifNot());
      }
    }
    return new Filter(closed(text.toString()), mandatory, ifNot);
  }

  private String closed(String content) {
    return "(" + content + space() + ")" + space();
  }

  private Filter comparison() {
    String attribute = random.nextInt(3) > 0 ? one(INDEXED) : one(OTHERS);
    String value = one(TEXTS);
    String name = space() + anyCase(attribute) + space();
    Equality equality = new Equality(attribute, value);
    return switch (random.nextInt(10)) {
      case 0 -> Filter.of("(" + name + "=*" + space() + ")");
      case 1 -> Filter.of("(" + name + "=" + escaped(value) + "*)");
      case 2 -> Filter.of("(" + name + "=*" + escaped(value) + "*)");
      case 3 -> Filter.of("(" + name + "~=" + value("a", value) + ")");
      case 4 -> Filter.of("(" + name + one(List.of("<=", ">=")) + value("b", value) + ")");
      default ->
        new Filter(
            "(" + name + "=" + escaped(value) + ")",
            INDEXED.contains(attribute) ? Set.of(equality) : Set.of(),
            Set.of());
    };
  }

  private String value(String ifEmpty, String value) {
    return escaped(value.isEmpty() ? ifEmpty : value);
  }

  /** Special characters escaped, now and then others too. */
  private String escaped(String value) {
    StringBuilder text = new StringBuilder();
    for (char c : value.toCharArray()) {
      if ("*()\\".indexOf(c) >= 0 || random.nextInt(8) == 0) {
        text.append('\\');
      }
      text.append(c);
    }
    return text.toString();
  }

  private String anyCase(String name) {
    return switch (random.nextInt(8)) {
      case 0 -> name.toUpperCase(java.util.Locale.ROOT);
      case 1 -> name.toLowerCase(java.util.Locale.ROOT);
      default -> name;
    };
  }

  private String space() {
    return random.nextInt(10) == 0 ? " " : "";
  }

  /** The text with one character removed, doubled, or replaced by one that means something. */
  String damaged(String text) {
    int at = random.nextInt(text.length());
    String meaning = String.valueOf("()&|!=~<>*\\ a".charAt(random.nextInt(13)));
    return switch (random.nextInt(4)) {
      case 0 -> text.substring(0, at) + text.substring(at + 1);
      case 1 -> text.substring(0, at) + meaning + text.substring(at);
      case 2 -> text.substring(0, at);
      default -> text.substring(0, at) + meaning + text.substring(at + 1);
    };
  }

  /** Sometimes keys to ask for. */
  Set<String> anyKey() {
    if (random.nextInt(5) > 0) {
      return Set.of();
    }
    Set<String> keys = new HashSet<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      keys.add(
          random.nextBoolean()
              ? "own:" + random.nextInt(4)
              : new Equality(one(INDEXED), one(TEXTS)).key());
    }
    return keys;
  }
}
