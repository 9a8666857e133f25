package org.fluidosgi.itests.conformance.internal;

import static org.fluidosgi.itests.conformance.internal.Checks.fails;
import static org.fluidosgi.itests.conformance.internal.Checks.holds;
import static org.fluidosgi.itests.conformance.internal.Checks.same;
import static org.fluidosgi.itests.conformance.internal.Checks.soon;
import static org.fluidosgi.itests.conformance.internal.Checks.there;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.Version;
import org.osgi.framework.startlevel.BundleStartLevel;

/** Bundles made on the spot and installed where the counterpart is, through its context; most of them are wrong in some way. */
final class MadeRows {
  private static final Map<String, String> PLAIN = Map.of();

  private final Subject subject;
  private final BundleContext context;

  MadeRows(Subject subject) {
    this.subject = subject;
    context = subject.context;
  }

  private interface Check {
    void of(Bundle bundle) throws Exception;
  }

  /** Installs, checks, uninstalls. */
  private Row with(String what, String name, Map<String, String> headers, Check check) {
    return new Row(what, () -> {
      Bundle bundle = install("made:" + name, name, headers);
      try {
        check.of(bundle);
      } finally {
        if (bundle.getState() != Bundle.UNINSTALLED) {
          bundle.uninstall();
        }
      }
    });
  }

  private Bundle install(String location, String name, Map<String, String> headers)
      throws Exception {
    BundleContext there = there("context", subject.counterpart().getBundleContext());
    return there.installBundle(location, Jars.bundle(name, headers));
  }

  /** Frameworks give a type to those failures only that installers look for. */
  private static void refused(String what, int type, Row.Check call) throws Exception {
    try {
      call.run();
    } catch (BundleException e) {
      same(what + ": type of " + e.getMessage(), type, e.getType());
      return;
    }
    throw new AssertionError(what + ": expected BundleException, nothing happened");
  }

  void addTo(List<Row> rows) {
    rows.add(new Row("BundleContext.installBundle: from a stream, listeners are told", () -> {
      List<BundleEvent> events = new CopyOnWriteArrayList<>();
      SynchronousBundleListener listener = events::add;
      context.addBundleListener(listener);
      Bundle bundle = install("made:told", "made.told", PLAIN);
      same("state", Bundle.INSTALLED, bundle.getState());
      same("location", "made:told", bundle.getLocation());
      same("by location", bundle, context.getBundle("made:told"));
      holds("listed", Arrays.asList(context.getBundles()).contains(bundle));
      soon("told", () -> told(events, bundle).equals(List.of(BundleEvent.INSTALLED)));
      bundle.uninstall();
      soon("told of its end", () -> told(events, bundle).contains(BundleEvent.UNINSTALLED));
      context.removeBundleListener(listener);
    }));
    rows.add(with(
        "BundleContext.installBundle: name and version that are there",
        "made.twice",
        PLAIN,
        bundle -> {
          refused(
              "another location",
              BundleException.DUPLICATE_BUNDLE_ERROR,
              () -> install("made:other", "made.twice", PLAIN));
          same("nothing is left", null, context.getBundle("made:other"));
        }));
    rows.add(new Row("BundleContext.installBundle: a manifest that is wrong", () -> {
      fails(
          "version",
          BundleException.class,
          () -> install("made:wrong", "made.wrong", Map.of(Constants.BUNDLE_VERSION, "one.two")));
      same("nothing is left", null, context.getBundle("made:wrong"));
    }));
    rows.add(with(
        "Bundle.start: what does not resolve",
        "made.lost",
        Map.of(Constants.IMPORT_PACKAGE, "no.such.place"),
        bundle -> {
          refused("start", BundleException.RESOLVE_ERROR, bundle::start);
          same("state", Bundle.INSTALLED, bundle.getState());
        }));
    rows.add(with(
        "Bundle.start: an activator that fails",
        "made.failing",
        Map.of(Constants.BUNDLE_ACTIVATOR, "no.such.Activator"),
        bundle -> {
          fails("start", BundleException.class, bundle::start);
          same("state", Bundle.RESOLVED, bundle.getState());
        }));
    rows.add(with(
        "Bundle.start, stop: a fragment",
        "made.fragment",
        Map.of(Constants.FRAGMENT_HOST, "no.such.host"),
        bundle -> {
          fails("start", BundleException.class, bundle::start);
          fails("stop", BundleException.class, bundle::stop);
        }));
    rows.add(with(
        "Bundle.start: lazily",
        "made.lazy",
        Map.of(Constants.BUNDLE_ACTIVATIONPOLICY, Constants.ACTIVATION_LAZY),
        bundle -> {
          bundle.start(Bundle.START_ACTIVATION_POLICY);
          same("waits", Bundle.STARTING, bundle.getState());
          holds("by policy", level(bundle).isActivationPolicyUsed());
          bundle.start();
          same("started", Bundle.ACTIVE, bundle.getState());
          bundle.stop();
          same("stopped", Bundle.RESOLVED, bundle.getState());
        }));
    rows.add(with("Bundle.adapt: BundleStartLevel", "made.level", PLAIN, bundle -> {
      soon("level", () -> level(bundle).getStartLevel() > 0);
      holds("not to start", !level(bundle).isPersistentlyStarted());
      bundle.start(Bundle.START_TRANSIENT);
      holds("for now", !level(bundle).isPersistentlyStarted());
      bundle.start();
      soon("from now on", () -> level(bundle).isPersistentlyStarted());
      bundle.stop(Bundle.STOP_TRANSIENT);
      holds("not for now", level(bundle).isPersistentlyStarted());
      same("state", Bundle.RESOLVED, bundle.getState());
      bundle.stop();
      soon("never", () -> !level(bundle).isPersistentlyStarted());
    }));
    rows.add(with("Bundle.update: from a stream", "made.new", PLAIN, bundle -> {
      bundle.start();
      bundle.update(Jars.bundle("made.new", Map.of(Constants.BUNDLE_VERSION, "2.0.0")));
      same("version", new Version("2.0.0"), bundle.getVersion());
      same("state", Bundle.ACTIVE, bundle.getState());
      same("still found", bundle, context.getBundle("made:made.new"));
    }));
    rows.add(with("Bundle.update: what is no bundle changes nothing", "made.old", PLAIN, bundle -> {
      bundle.start();
      fails("update", BundleException.class, () -> bundle.update(Jars.garbage()));
      same("version", new Version("1.0.0"), bundle.getVersion());
      same("state", Bundle.ACTIVE, bundle.getState());
    }));
  }

  private static BundleStartLevel level(Bundle bundle) {
    return there("start level", bundle.adapt(BundleStartLevel.class));
  }

  private static List<Integer> told(List<BundleEvent> events, Bundle of) {
    return events.stream()
        .filter(event -> event.getBundle().equals(of))
        .map(BundleEvent::getType)
        .toList();
  }
}
