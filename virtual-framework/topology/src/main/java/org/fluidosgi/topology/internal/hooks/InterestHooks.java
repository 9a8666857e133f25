package org.fluidosgi.topology.internal.hooks;

import static java.lang.System.Logger.Level.WARNING;

import java.util.Collection;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.framework.hooks.service.ListenerHook;

/** What bundles of this framework listen for and look up.
 * Shape: a listener counts while it is registered, a look-up from its first time on; one without filter and class asks for nothing in
 * particular and does not count. The first look-up of its kind finds nothing, since a hook cannot wait for an import.
 * Threads: any; hooks only note and report a change. */
public final class InterestHooks implements ListenerHook, FindHook {
  /** Most different look-ups that are remembered; further ones are not imported for, with one WARNING. */
  static final int LOOKUPS_MAX = 1_000;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.topology");

  private final Map<ListenerInfo, Filter> listeners = new ConcurrentHashMap<>();
  private final Map<String, Optional<Filter>> lookups = new ConcurrentHashMap<>();
  private final AtomicBoolean complained = new AtomicBoolean();
  private final Runnable changed;

  /** Shape: {@code changed} must return at once. */
  public InterestHooks(Runnable changed) {
    this.changed = changed;
  }

  /** Begins to be told. */
  public ServiceRegistration<?> register(BundleContext context) {
    return context.registerService(
        new String[] {ListenerHook.class.getName(), FindHook.class.getName()},
        this,
        new Hashtable<>());
  }

  /** Whether somebody asked for a service with those properties. */
  public boolean wants(Map<String, ?> properties) {
    return listeners.values().stream().anyMatch(filter -> filter.matches(properties))
        || lookups.values().stream()
            .anyMatch(filter -> filter.isPresent() && filter.get().matches(properties));
  }

  @Override
  public void added(Collection<ListenerInfo> infos) {
    boolean more = false;
    for (ListenerInfo info : infos) {
      Optional<Filter> filter = parse(info.getFilter());
      if (filter.isPresent() && !info.isRemoved()) {
        listeners.put(info, filter.get());
        // Removed meanwhile on another thread: its call of removed() may have come first.
        if (info.isRemoved()) {
          listeners.remove(info);
        } else {
          more = true;
        }
      }
    }
    if (more) {
      changed.run();
    }
  }

  @Override
  public void removed(Collection<ListenerInfo> infos) {
    boolean fewer = false;
    for (ListenerInfo info : infos) {
      fewer |= listeners.remove(info) != null;
    }
    if (fewer) {
      changed.run();
    }
  }

  @Override
  public void find(
      BundleContext context,
      @Nullable String name,
      @Nullable String filter,
      boolean all,
      Collection<ServiceReference<?>> references) {
    String asked = asked(name, filter);
    if (asked.isEmpty() || lookups.containsKey(asked)) {
      return;
    }
    if (lookups.size() >= LOOKUPS_MAX) {
      if (complained.compareAndSet(false, true)) {
        LOG.log(
            WARNING,
            "topology: more than " + LOOKUPS_MAX + " different look-ups, nothing is imported for "
                + asked + " and further ones; use fluid.topology.import=eager");
      }
      return;
    }
    Optional<Filter> parsed = parse(asked);
    lookups.put(asked, parsed);
    if (parsed.isPresent()) {
      changed.run();
    }
  }

  private static String asked(@Nullable String name, @Nullable String filter) {
    String byName = name == null ? "" : "(" + Constants.OBJECTCLASS + "=" + name + ")";
    String byFilter = filter == null ? "" : filter;
    return byName.isEmpty() || byFilter.isEmpty()
        ? byName + byFilter
        : "(&" + byName + byFilter + ")";
  }

  private static Optional<Filter> parse(@Nullable String filter) {
    try {
      return filter == null || filter.isEmpty()
          ? Optional.empty()
          : Optional.of(FrameworkUtil.createFilter(filter));
    } catch (InvalidSyntaxException e) {
      return Optional.empty();
    }
  }
}
