package org.fluidosgi.rsa.internal.osgi;

import static org.osgi.service.remoteserviceadmin.RemoteConstants.SERVICE_EXPORTED_CONFIGS;
import static org.osgi.service.remoteserviceadmin.RemoteConstants.SERVICE_EXPORTED_INTENTS;
import static org.osgi.service.remoteserviceadmin.RemoteConstants.SERVICE_EXPORTED_INTENTS_EXTRA;
import static org.osgi.service.remoteserviceadmin.RemoteConstants.SERVICE_EXPORTED_INTERFACES;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.fluidosgi.rsa.FluidChannel;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

/** The properties of an export: those of the service, overridden regardless of case by the given ones.
 * Threads: immutable after construction. Source: Remote Service Admin 122.4.1. */
final class ExportProperties {
  static final List<String> INTENTS = List.of("osgi.basic", "osgi.async");

  /** Kept from the service whatever the overrides say. */
  private static final Set<String> FIXED =
      Set.of("objectclass", "service.id", "service.bundleid", "service.scope");

  private final Map<String, Object> merged = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  /** Errors: IllegalArgumentException for a key that is no text or appears twice. */
  ExportProperties(ServiceReference<?> service, @Nullable Map<String, ?> overrides) {
    for (String key : service.getPropertyKeys()) {
      merged.put(key, service.getProperty(key));
    }
    for (Map.Entry<?, ?> entry :
        overrides == null ? Set.<Map.Entry<?, ?>>of() : overrides.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new IllegalArgumentException("a property key is no text: " + entry.getKey());
      }
      if (entry.getValue() == null) {
        throw new IllegalArgumentException("property " + key + " is null: leave it out instead");
      }
      if (!FIXED.contains(key.toLowerCase(Locale.ROOT))) {
        merged.remove(key);
        merged.put(key, entry.getValue());
      }
    }
    for (Map.Entry<String, Object> entry : merged.entrySet()) {
      if (startsWith(entry.getKey(), FluidChannel.CONFIG_TYPE + ".")
          && !isPlain(entry.getValue())) {
        throw new IllegalArgumentException("property " + entry.getKey() + " has a value of "
            + entry.getValue().getClass().getName() + ": expected text or a number");
      }
    }
  }

  static boolean isFixed(String key) {
    return FIXED.contains(key.toLowerCase(Locale.ROOT));
  }

  private static boolean startsWith(String key, String prefix) {
    return key.regionMatches(true, 0, prefix, 0, prefix.length());
  }

  /** Whether our configuration type is asked for, by name or by leaving the choice. */
  boolean wantsUs() {
    return !merged.containsKey(SERVICE_EXPORTED_CONFIGS)
        || texts(SERVICE_EXPORTED_CONFIGS).contains(FluidChannel.CONFIG_TYPE);
  }

  /** Whether every intent that the distribution provider must add is one of ours. */
  boolean intentsSupported() {
    return INTENTS.containsAll(texts(SERVICE_EXPORTED_INTENTS))
        && INTENTS.containsAll(texts(SERVICE_EXPORTED_INTENTS_EXTRA));
  }

  /** The names to export, an asterisk not expanded.
   * Errors: IllegalArgumentException when there are none or one is not in objectClass. */
  List<String> wantedInterfaces() {
    if (!merged.containsKey(SERVICE_EXPORTED_INTERFACES)) {
      throw new IllegalArgumentException(
          SERVICE_EXPORTED_INTERFACES + " is not set: nothing marks the service for export");
    }
    List<String> wanted = texts(SERVICE_EXPORTED_INTERFACES);
    if (wanted.isEmpty()) {
      throw new IllegalArgumentException(SERVICE_EXPORTED_INTERFACES + " is empty");
    }
    if (wanted.equals(List.of("*"))) {
      return wanted;
    }
    for (String name : wanted) {
      if (!objectClass().contains(name)) {
        throw new IllegalArgumentException(SERVICE_EXPORTED_INTERFACES + " names " + name
            + ", which is not in objectClass " + objectClass());
      }
    }
    return wanted;
  }

  List<String> objectClass() {
    return Arrays.asList((String[]) merged.getOrDefault(Constants.OBJECTCLASS, new String[0]));
  }

  /** A String+ value. Errors: IllegalArgumentException for any other type. */
  List<String> texts(String key) {
    return texts(key, merged.get(key));
  }

  static List<String> texts(String key, @Nullable Object value) {
    List<String> texts = new ArrayList<>();
    Object values = value instanceof String[] array ? Arrays.asList(array) : value;
    if (value == null) {
      return texts;
    } else if (value instanceof String text) {
      texts.add(text.trim());
    } else if (values instanceof Collection<?> collection) {
      for (Object element : collection) {
        if (!(element instanceof String text)) {
          throw new IllegalArgumentException(
              key + " contains " + element + ": expected texts only");
        }
        texts.add(text.trim());
      }
    } else {
      throw new IllegalArgumentException(key + " is of " + value.getClass().getName()
          + ": expected a text, an array or a collection of texts");
    }
    return texts;
  }

  boolean flag(String key) {
    Object value = merged.get(key);
    return Boolean.TRUE.equals(value) || "true".equals(value);
  }

  /** What other nodes may see: public, not about exporting, of types that every node understands. */
  Map<String, Object> forwarded() {
    Map<String, Object> forwarded = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    merged.forEach((key, value) -> {
      if (!key.startsWith(".")
          && !startsWith(key, "service.exported.")
          && !FIXED.contains(key.toLowerCase(Locale.ROOT))
          && isForwardable(value)) {
        forwarded.put(key, value);
      }
    });
    return forwarded;
  }

  /** Our intents and those of the service. */
  String[] serviceIntents() {
    Set<String> intents = new LinkedHashSet<>(INTENTS);
    intents.addAll(texts("service.intents"));
    return intents.toArray(String[]::new);
  }

  private static boolean isPlain(Object value) {
    return value instanceof String
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof Character;
  }

  private static boolean isForwardable(Object value) {
    if (isPlain(value) || value instanceof Version) {
      return true;
    }
    if (value.getClass().isArray()) {
      Class<?> element = value.getClass().getComponentType();
      return element.isPrimitive()
          || !(value instanceof Object[] array)
          || Arrays.stream(array).allMatch(ExportProperties::isScalar);
    }
    return value instanceof Collection<?> collection
        && collection.stream().allMatch(ExportProperties::isScalar);
  }

  private static boolean isScalar(@Nullable Object value) {
    return value != null && (isPlain(value) || value instanceof Version);
  }
}
