package org.fluidosgi.itests.conformance.internal;

import static org.fluidosgi.itests.conformance.internal.Checks.fails;
import static org.fluidosgi.itests.conformance.internal.Checks.holds;
import static org.fluidosgi.itests.conformance.internal.Checks.same;
import static org.fluidosgi.itests.conformance.internal.Checks.soon;
import static org.fluidosgi.itests.conformance.internal.Checks.there;

import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.fluidosgi.itests.conformance.api.Greeter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.util.tracker.BundleTracker;

/** What becomes of the counterpart when it is stopped, started, updated and uninstalled, and who is told. */
final class LifeRows {
  private final Subject subject;
  private final BundleContext context;

  LifeRows(Subject subject) {
    this.subject = subject;
    context = subject.context;
  }

  /** Hears of one bundle; one object for both kinds of listener would be one listener. */
  private final class Heard implements AutoCloseable {
    final List<Integer> synchronous = new CopyOnWriteArrayList<>();
    final List<Integer> ordinary = new CopyOnWriteArrayList<>();
    private final SynchronousBundleListener first;
    private final BundleListener second;

    Heard(Bundle of) {
      first = event -> add(event, of, synchronous);
      second = event -> add(event, of, ordinary);
      context.addBundleListener(first);
      context.addBundleListener(second);
    }

    private void add(BundleEvent event, Bundle of, List<Integer> to) {
      if (event.getBundle().equals(of)) {
        to.add(event.getType());
      }
    }

    void expect(List<Integer> all, List<Integer> some) throws Exception {
      soon("events " + all + " but " + synchronous, () -> synchronous.equals(all));
      soon("events " + some + " but " + ordinary, () -> ordinary.equals(some));
    }

    @Override
    public void close() {
      context.removeBundleListener(first);
      context.removeBundleListener(second);
    }
  }

  void addTo(List<Row> rows) {
    rows.add(new Row("Bundle.stop: its services go, listeners are told", () -> {
      Bundle bundle = subject.counterpart();
      ServiceReference<Greeter> red = subject.greeter("red");
      BundleContext theirs = there("context", bundle.getBundleContext());
      String colour = subject.colour("left");
      theirs.registerService(
          Greeter.class, whom -> whom, new Hashtable<>(Map.of("colour", colour)));
      try (Heard heard = new Heard(bundle)) {
        bundle.stop();
        same("no context", null, bundle.getBundleContext());
        fails("the old one", IllegalStateException.class, () -> theirs.getServiceReference("x.Y"));
        soon(
            "what it registered",
            () -> subject.greeters("(colour=" + colour + ")").isEmpty());
        same("state", Bundle.RESOLVED, bundle.getState());
        soon("no services", () -> subject.greeters("(colour=red)").isEmpty());
        soon("no bundle", () -> red.getBundle() == null);
        heard.expect(
            List.of(BundleEvent.STOPPING, BundleEvent.STOPPED), List.of(BundleEvent.STOPPED));
        bundle.stop();
        same("again", Bundle.RESOLVED, bundle.getState());
      }
    }));
    rows.add(new Row("Bundle.start: its services come, listeners are told", () -> {
      Bundle bundle = subject.counterpart();
      try (Heard heard = new Heard(bundle)) {
        bundle.start();
        same("state", Bundle.ACTIVE, bundle.getState());
        subject.greeter("red");
        heard.expect(
            List.of(BundleEvent.STARTING, BundleEvent.STARTED), List.of(BundleEvent.STARTED));
        bundle.start();
        same("again", Bundle.ACTIVE, bundle.getState());
      }
    }));
    rows.add(new Row("BundleTracker: follows the states asked for", () -> {
      Bundle bundle = subject.counterpart();
      BundleTracker<Bundle> tracker = new BundleTracker<>(context, Bundle.ACTIVE, null);
      tracker.open();
      soon("active", () -> tracker.getObject(bundle) != null);
      bundle.stop();
      soon("stopped", () -> tracker.getObject(bundle) == null);
      bundle.start();
      soon("active again", () -> tracker.getObject(bundle) != null);
      tracker.close();
    }));
    rows.add(new Row("Bundle.update: the same bundle runs again", () -> {
      Bundle bundle = subject.counterpart();
      long id = bundle.getBundleId();
      long before = bundle.getLastModified();
      try (Heard heard = new Heard(bundle)) {
        bundle.update();
        same("state", Bundle.ACTIVE, bundle.getState());
        same("id", id, bundle.getBundleId());
        holds("modified", bundle.getLastModified() > before);
        soon("updated", () -> heard.ordinary.contains(BundleEvent.UPDATED));
        soon("started", () -> heard.ordinary.contains(BundleEvent.STARTED));
        subject.greeter("red");
      }
    }));
    rows.add(new Row("Bundle.uninstall: gone for good", () -> {
      Bundle bundle = subject.counterpart();
      try (Heard heard = new Heard(bundle)) {
        bundle.uninstall();
        same("state", Bundle.UNINSTALLED, bundle.getState());
        same("by id", null, context.getBundle(bundle.getBundleId()));
        same("by location", null, context.getBundle(subject.location));
        soon("told", () -> heard.ordinary.contains(BundleEvent.UNINSTALLED));
        fails("start", IllegalStateException.class, bundle::start);
        fails("entry", IllegalStateException.class, () -> bundle.getEntry("data/one.txt"));
        fails("class", IllegalStateException.class, () -> bundle.loadClass("x.Y"));
        soon("no services", () -> subject.greeters("(colour=red)").isEmpty());
      }
    }));
  }
}
