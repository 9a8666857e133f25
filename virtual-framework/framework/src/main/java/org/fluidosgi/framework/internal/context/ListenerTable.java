package org.fluidosgi.framework.internal.context;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The views in front of one context's listeners of one kind, by identity as the host keeps them.
 * Invariant: one listener has one view, so that the host sees a second add of it as a replacement. Limit: one entry per listener
 * added; gone with the context at the latest. Threads: any; guarded by itself, the host is called outside. */
final class ListenerTable<L> {
  private final Map<L, L> views = new IdentityHashMap<>();
  private final Function<L, L> front;

  ListenerTable(Function<L, L> front) {
    this.front = front;
  }

  /** What to do with a view at the host. */
  interface HostCall<L, X extends Exception> {
    void on(L view) throws X;
  }

  <X extends Exception> void add(L listener, HostCall<L, X> host) throws X {
    boolean added;
    L view;
    synchronized (this) {
      @Nullable L old = views.get(listener);
      added = old == null;
      view = old == null ? front.apply(listener) : old;
      views.put(listener, view);
    }
    boolean done = false;
    try {
      host.on(view);
      done = true;
    } finally {
      settle(listener, view, done, added);
    }
  }

  synchronized boolean has(L listener) {
    return views.containsKey(listener);
  }

  /** Those that listen, as they were added. */
  synchronized List<L> listeners() {
    return List.copyOf(views.keySet());
  }

  /** A failed add leaves nothing new; one that crossed a remove is kept known, so that it can be removed again. */
  private synchronized void settle(L listener, L view, boolean done, boolean added) {
    if (done) {
      views.put(listener, view);
    } else if (added) {
      views.remove(listener, view);
    }
  }

  /** Removes all, for nobody is left who could. */
  void removeAll(Consumer<L> host) {
    List<L> last;
    synchronized (this) {
      last = List.copyOf(views.values());
      views.clear();
    }
    last.forEach(host);
  }

  <X extends Exception> void remove(L listener, HostCall<L, X> host) throws X {
    @Nullable L view;
    synchronized (this) {
      view = views.remove(listener);
    }
    if (view != null) {
      host.on(view);
    }
  }
}
