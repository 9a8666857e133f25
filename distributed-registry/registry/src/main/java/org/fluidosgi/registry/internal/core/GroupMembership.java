package org.fluidosgi.registry.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.View;

/** The view in force and who listens to it.
 * Threads: the node's task queue changes it and calls the listeners; the rest may come from any thread. */
public final class GroupMembership implements Membership {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  private static final class Entry {
    final Listener listener;
    volatile boolean closed;

    Entry(Listener listener) {
      this.listener = listener;
    }
  }

  private final String node;
  private final Env env;
  private final List<Entry> entries = new CopyOnWriteArrayList<>();
  private volatile View view;
  private volatile Set<NodeId> suspected = Set.of();

  GroupMembership(String node, NodeId self, Env env) {
    this.node = node;
    this.env = env;
    view = new View(0, List.of(self), Set.of());
  }

  @Override
  public View view() {
    return view;
  }

  @Override
  public Set<NodeId> suspected() {
    return suspected;
  }

  @Override
  public Registration listen(Listener listener) {
    Entry entry = new Entry(listener);
    env.execute(() -> {
      if (!entry.closed) {
        call(entry, each -> each.onView(view));
        if (!suspected.isEmpty()) {
          call(entry, each -> each.onSuspected(suspected));
        }
        entries.add(entry);
      }
    });
    return () -> {
      entry.closed = true;
      env.execute(() -> entries.remove(entry));
    };
  }

  /** Puts the view in force without telling; the engine's epochs are raised so that they never fall. */
  View install(View next) {
    long epoch = Math.max(view.epoch() + 1, next.epoch());
    view = new View(epoch, next.members(), next.mergedFrom());
    return view;
  }

  /** Tells of the view in force; takes back suspicions of those who left. */
  void announce() {
    View now = view;
    for (Entry entry : entries) {
      call(entry, each -> each.onView(now));
    }
    suspect(suspected.stream()
        .filter(now::contains)
        .collect(java.util.stream.Collectors.toUnmodifiableSet()));
  }

  /** Tells who is silent, if that changed. */
  void suspect(Set<NodeId> silent) {
    if (!silent.equals(suspected)) {
      suspected = Set.copyOf(silent);
      for (Entry entry : entries) {
        call(entry, each -> each.onSuspected(suspected));
      }
    }
  }

  void clear() {
    entries.forEach(each -> each.closed = true);
    entries.clear();
  }

  private void call(Entry entry, Consumer<Listener> event) {
    if (entry.closed) {
      return;
    }
    try {
      event.accept(entry.listener);
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, node + ": a listener to the group's views failed", e);
    }
  }
}
