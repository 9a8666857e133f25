package org.fluidosgi.channel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/** Keeps something open while a service of a type is present: what the activator of a house does with the service it needs.
 * Shape: one service at a time is used, also when a better one comes; when it goes, what was opened is closed before the service is
 * released, and then the best of the others takes its place (highest ranking, then lowest id).
 * Threads: opening and closing run on the threads that register and unregister services; no lock is held meanwhile.
 * Errors: what the opener throws goes to whoever registered the service, nothing is open then. */
public final class WhilePresent<S> implements Registration {
  private final BundleContext context;
  private final Function<S, @Nullable Registration> opener;
  private final ServiceTracker<S, Candidate<S>> tracker;

  /** Guarded by its monitor, like the fields below and those of the candidates. */
  private final List<Candidate<S>> candidates = new ArrayList<>();

  private @Nullable Candidate<S> current;
  private boolean running;

  private WhilePresent(
      BundleContext context, Class<S> type, Function<S, @Nullable Registration> opener) {
    this.context = context;
    this.opener = opener;
    this.tracker = new ServiceTracker<>(context, type, new Customizer());
  }

  /** Opens with the service that is there or comes next; an opener that gives null opens nothing for that service. */
  public static <S> Registration open(
      BundleContext context, Class<S> type, Function<S, @Nullable Registration> opener) {
    WhilePresent<S> made = new WhilePresent<>(context, type, opener);
    try {
      made.tracker.open();
      made.begin();
      return made;
    } catch (RuntimeException | Error e) {
      made.close();
      throw e;
    }
  }

  private void begin() {
    synchronized (candidates) {
      running = true; // not earlier: the tracker tells of those that are there in any order
    }
    openNext();
  }

  /** Closes what is open; the services are used no more. */
  @Override
  public void close() {
    synchronized (candidates) {
      running = false;
    }
    tracker.close();
  }

  /** A service that is there. */
  private static final class Candidate<S> {
    private final ServiceReference<S> reference;
    private @Nullable Registration open;
    private boolean opening;
    private boolean gone;

    Candidate(ServiceReference<S> reference) {
      this.reference = reference;
    }
  }

  private final class Customizer implements ServiceTrackerCustomizer<S, Candidate<S>> {
    @Override
    public Candidate<S> addingService(ServiceReference<S> reference) {
      Candidate<S> candidate = new Candidate<>(reference);
      synchronized (candidates) {
        candidates.add(candidate);
      }
      try {
        openNext();
      } catch (RuntimeException | Error e) {
        removedService(reference, candidate); // the tracker does not know it
        throw e;
      }
      return candidate;
    }

    @Override
    public void modifiedService(ServiceReference<S> reference, Candidate<S> candidate) {}

    @Override
    public void removedService(ServiceReference<S> reference, Candidate<S> candidate) {
      Registration toClose;
      synchronized (candidates) {
        candidates.remove(candidate);
        candidate.gone = true;
        if (candidate.opening) {
          return; // whoever opens sees it
        }
        toClose = candidate.open;
        candidate.open = null;
      }
      replace(candidate, toClose);
    }
  }

  private void openNext() {
    Candidate<S> next;
    synchronized (candidates) {
      if (!running || current != null || candidates.isEmpty()) {
        return;
      }
      next = Collections.max(candidates, Comparator.comparing(candidate -> candidate.reference));
      next.opening = true;
      current = next;
    }
    Registration opened = null;
    try {
      opened = open(next.reference);
    } finally {
      boolean late;
      synchronized (candidates) {
        next.opening = false;
        next.open = opened;
        late = next.gone;
      }
      if (late) {
        replace(next, opened);
      }
    }
  }

  private @Nullable Registration open(ServiceReference<S> reference) {
    S service = context.getService(reference);
    if (service == null) {
      return null;
    }
    Registration opened = null;
    try {
      opened = opener.apply(service);
      return opened;
    } finally {
      if (opened == null) {
        context.ungetService(reference);
      }
    }
  }

  private void replace(Candidate<S> gone, @Nullable Registration opened) {
    if (opened != null) {
      opened.close();
      context.ungetService(gone.reference);
    }
    synchronized (candidates) {
      if (current != gone) {
        return;
      }
      current = null;
    }
    openNext();
  }
}
