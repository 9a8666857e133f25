package org.fluidosgi.discovery.internal;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** The filters of a listener's {@code endpoint.listener.scope}, in order. Shape: String, String[] or a collection of them; empty = no
 * endpoint at all. Threads: immutable. Source: 122.6.1. */
final class ListenerScope {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.discovery");

  /** A filter and its text as the listener wrote it. */
  private record Entry(String text, Filter filter) {}

  private final List<Entry> entries;

  private ListenerScope(List<Entry> entries) {
    this.entries = entries;
  }

  /** The scope of that property value; what is no filter is left out, with a warning naming the listener. */
  static ListenerScope of(@Nullable Object property, String listener) {
    List<Entry> entries = new ArrayList<>();
    for (Object text : texts(property)) {
      if (text instanceof String filter && !filter.isBlank()) {
        try {
          entries.add(new Entry(filter, FrameworkUtil.createFilter(filter.trim())));
        } catch (InvalidSyntaxException e) {
          LOG.log(
              Level.WARNING,
              "endpoint.listener.scope of {0} has the filter ''{1}'', which is none: {2}",
              listener,
              filter,
              e.getMessage());
        }
      }
    }
    return new ListenerScope(List.copyOf(entries));
  }

  private static Collection<?> texts(@Nullable Object property) {
    if (property instanceof Collection<?> collection) {
      return collection;
    }
    if (property instanceof Object[] array) {
      return Arrays.asList(array);
    }
    return property == null ? List.of() : List.of(property);
  }

  /** Text of the first filter that matches. */
  Optional<String> firstMatch(EndpointDescription endpoint) {
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    // Filter.match(Dictionary) ignores the case of keys, as EndpointDescription.matches does.
    Hashtable<String, Object> properties = new Hashtable<>(endpoint.getProperties());
    return entries.stream()
        .filter(entry -> entry.filter.match(properties))
        .map(Entry::text)
        .findFirst();
  }
}
