package org.fluidosgi.clusterinfo.internal;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/** Tags of this node: those of the administrator and those that services of this framework contribute, never those of
 * imported services. Threads: any. Source: chapter 148, section Application-specific NodeStatus metadata. */
final class TagTracker {
  /** Property by which any service contributes tags. */
  static final String PROPERTY = "org.osgi.service.clusterinfo.tags";

  private static final String FILTER = "(&(" + PROPERTY + "=*)(!(service.imported=*)))";

  private final List<String> told;
  private final Map<ServiceReference<?>, List<String>> contributed = new ConcurrentHashMap<>();
  private final ServiceTracker<Object, ServiceReference<?>> tracker;
  private volatile Runnable changed = () -> {};

  TagTracker(BundleContext context, List<String> told) {
    this.told = told.stream().map(String::trim).filter(tag -> !tag.isEmpty()).toList();
    try {
      tracker =
          new ServiceTracker<>(context, FrameworkUtil.createFilter(FILTER), new Contributors());
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Begins to look; {@code toTell} runs after each change. */
  void open(Runnable toTell) {
    tracker.open(true);
    changed = toTell;
    toTell.run();
  }

  void close() {
    changed = () -> {};
    tracker.close();
  }

  /** All tags, in order, each once. */
  String[] all() {
    return Stream.concat(told.stream(), contributed.values().stream().flatMap(List::stream))
        .collect(java.util.stream.Collectors.toCollection(TreeSet::new))
        .toArray(String[]::new);
  }

  private final class Contributors
      implements ServiceTrackerCustomizer<Object, ServiceReference<?>> {
    @Override
    public ServiceReference<?> addingService(ServiceReference<Object> reference) {
      modifiedService(reference, reference);
      return reference;
    }

    @Override
    public void modifiedService(ServiceReference<Object> reference, ServiceReference<?> same) {
      List<String> now = tags(reference.getProperty(PROPERTY));
      if (!now.equals(contributed.put(reference, now))) {
        changed.run();
      }
    }

    @Override
    public void removedService(ServiceReference<Object> reference, ServiceReference<?> same) {
      contributed.remove(reference);
      changed.run();
    }
  }

  private static List<String> tags(Object value) {
    if (value instanceof String[] tags) {
      return Arrays.stream(tags).toList();
    }
    if (value instanceof Collection<?> tags) {
      return tags.stream().map(String::valueOf).toList();
    }
    return List.of(String.valueOf(value));
  }
}
