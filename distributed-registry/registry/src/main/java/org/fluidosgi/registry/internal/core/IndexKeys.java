package org.fluidosgi.registry.internal.core;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.fluidosgi.registry.Clause;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;

/** Which keys a record is found by: those its publisher gave it, and one for each text of an indexed attribute.
 * Invariant: a record that matches an equality over an indexed attribute is under the key of that equality, or under the
 * attribute's odd key, whatever its publisher wrote. Threads: immutable. */
public final class IndexKeys {
  /** Begins keys of interfaces and classes. */
  static final String OBJECT_CLASS = "oc:";

  /** Begins keys of capabilities: a namespace, or a namespace, a colon and a value. */
  static final String CAPABILITY = "cap:";

  /** Most attributes that a node indexes beside those it always does. */
  public static final int DECLARED_MAX = 32;

  /** Begins the key under which records stand whose attribute is no text, or a longer one than keys may be. */
  private static final String ODD = "odd:";

  private static final Map<String, String> ALWAYS =
      Map.of("objectClass", OBJECT_CLASS, "bsn", "bsn:", "sha256", "sha256:");

  /** Beginning of the keys by name of the attribute, in any case. */
  private final TreeMap<String, String> prefixes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  /** Indexes these attributes too, under {@code attr:<name>:<value>}. Errors: IllegalArgumentException when they are too many, or a
   * name is none. */
  public IndexKeys(List<String> declared) {
    prefixes.putAll(ALWAYS);
    if (declared.size() > DECLARED_MAX) {
      throw new IllegalArgumentException(
          declared.size() + " indexed attributes, at most " + DECLARED_MAX + " are allowed");
    }
    for (String name : declared) {
      if (!name.matches("[A-Za-z0-9._-]{1,128}")) {
        throw new IllegalArgumentException(
            "'" + name
                + "' cannot be indexed: expected an attribute's name of letters, digits, '.', '_', '-'");
      }
      prefixes.putIfAbsent(name, "attr:" + name.toLowerCase(Locale.ROOT) + ":");
    }
  }

  /** Where records are whose attribute equals that text. */
  Lookup equal(String attribute, String value) {
    String prefix = prefixes.get(attribute);
    return prefix == null ? Lookup.ALL : new Lookup.Key(key(prefix, value), ODD + prefix);
  }

  /** Where records are with a capability of that namespace. */
  static Lookup providing(String namespace) {
    String key = key(CAPABILITY, namespace);
    return new Lookup.Key(key, key);
  }

  /** Where records are with a capability of that namespace whose attribute of the namespace's name equals that text. */
  static Lookup providing(String namespace, String value) {
    String prefix = CAPABILITY + namespace + ":";
    return new Lookup.Key(key(prefix, value), ODD + prefix);
  }

  /** The keys of that record. */
  Set<String> of(RegistryRecord record) {
    Set<String> given = record.keys();
    Set<String> more = null;
    if (record.attributes().get(Clause.CAPABILITIES) instanceof Map<?, ?> groups) {
      more = new LinkedHashSet<>(given);
      for (Object namespace : groups.keySet()) {
        addCapabilities(record, String.valueOf(namespace), more);
      }
    }
    for (Map.Entry<String, Object> attribute : record.attributes().entrySet()) {
      String prefix = prefixes.get(attribute.getKey());
      if (prefix != null) {
        more = more == null ? new LinkedHashSet<>(given) : more;
        add(prefix, attribute.getValue(), more);
      }
    }
    return more == null ? given : more;
  }

  private static void addCapabilities(RegistryRecord record, String namespace, Set<String> keys) {
    keys.add(key(CAPABILITY, namespace));
    for (Clause capability : Clause.in(record, Clause.CAPABILITIES, namespace)) {
      Object value = capability.attributes().get(namespace);
      if (value != null) {
        add(CAPABILITY + namespace + ":", value, keys);
      }
    }
  }

  private static void add(String prefix, @Nullable Object value, Set<String> keys) {
    if (value instanceof String text) {
      put(prefix, text, keys);
    } else if (value instanceof String[] texts) {
      for (String text : texts) {
        put(prefix, text, keys);
      }
    } else if (value instanceof Collection<?> values) {
      for (Object each : values) {
        if (each instanceof String text) {
          put(prefix, text, keys);
        } else {
          keys.add(ODD + prefix);
        }
      }
    } else {
      keys.add(ODD + prefix);
    }
  }

  private static void put(String prefix, String text, Set<String> keys) {
    // Beyond what a publisher may give, one key stands for the rest.
    keys.add(keys.size() < RegistryStore.KEYS_PER_RECORD_MAX ? key(prefix, text) : ODD + prefix);
  }

  private static String key(String prefix, String text) {
    return prefix.length() + text.length() <= RegistryStore.KEY_CHARS_MAX
        ? prefix + text
        : ODD + prefix;
  }
}
