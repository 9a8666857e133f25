package org.fluidosgi.itests.conformance.internal;

import static org.fluidosgi.itests.conformance.internal.Checks.fails;
import static org.fluidosgi.itests.conformance.internal.Checks.holds;
import static org.fluidosgi.itests.conformance.internal.Checks.same;
import static org.fluidosgi.itests.conformance.internal.Checks.soon;
import static org.fluidosgi.itests.conformance.internal.Checks.there;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.fluidosgi.itests.conformance.api.Greeter;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.Version;
import org.osgi.framework.dto.BundleDTO;

/** What {@code Bundle} says of the counterpart while it runs. */
final class BundleRows {
  private static final String NAME = "org.fluidosgi.itests.counterpart";

  private final Subject subject;
  private final BundleContext context;

  BundleRows(Subject subject) {
    this.subject = subject;
    context = subject.context;
  }

  void addTo(List<Row> rows) {
    rows.add(new Row("Bundle: state, name, version, location", () -> {
      Bundle bundle = subject.counterpart();
      same("state", Bundle.ACTIVE, bundle.getState());
      same("name", NAME, bundle.getSymbolicName());
      holds("version", bundle.getVersion().compareTo(Version.emptyVersion) > 0);
      same("location", subject.location, bundle.getLocation());
      holds("modified", bundle.getLastModified() > 0);
    }));
    rows.add(new Row("Bundle.getHeaders", () -> {
      Bundle bundle = subject.counterpart();
      same("name", NAME, bundle.getHeaders().get(Constants.BUNDLE_SYMBOLICNAME));
      same("case", NAME, bundle.getHeaders().get("bundle-symbolicname"));
      same("raw", NAME, bundle.getHeaders("").get(Constants.BUNDLE_SYMBOLICNAME));
      same("unknown", null, bundle.getHeaders().get("Unknown"));
    }));
    rows.add(new Row("Bundle: equals, hashCode, compareTo", () -> {
      Bundle bundle = subject.counterpart();
      Bundle again = there("again", context.getBundle(bundle.getBundleId()));
      same("equal", bundle, again);
      same("hash", bundle.hashCode(), again.hashCode());
      same("to itself", 0, bundle.compareTo(again));
      Bundle own = context.getBundle();
      holds("to us", !bundle.equals(own));
      same(
          "order",
          Long.signum(bundle.getBundleId() - own.getBundleId()),
          Integer.signum(bundle.compareTo(own)));
    }));
    rows.add(new Row("Bundle.getRegisteredServices", () -> {
      List<?> services =
          Arrays.asList(there("services", subject.counterpart().getRegisteredServices()));
      holds("red", services.contains(subject.greeter("red")));
      holds("own", services.contains(subject.greeter("own")));
    }));
    rows.add(new Row("Bundle.getServicesInUse", () -> {
      List<?> services = Arrays.asList(there("services", subject.counterpart().getServicesInUse()));
      holds("red", services.contains(subject.greeter("red")));
    }));
    rows.add(new Row("Bundle.getEntry, getEntryPaths, findEntries", () -> {
      Bundle bundle = subject.counterpart();
      same("entry", "one", text(bundle.getEntry("data/one.txt")));
      same("from the root", "one", text(bundle.getEntry("/data/one.txt")));
      same("none", null, bundle.getEntry("data/none.txt"));
      List<String> paths = Collections.list(there("paths", bundle.getEntryPaths("data")));
      Collections.sort(paths);
      same("paths", List.of("data/more/", "data/one.txt"), paths);
      same("no paths", null, bundle.getEntryPaths("none"));
      List<URL> found =
          Collections.list(there("found", bundle.findEntries("data", "t*.txt", true)));
      same("found", List.of("two"), List.of(text(found.get(0))));
      same("only here", null, bundle.findEntries("data", "t*.txt", false));
    }));
    rows.add(new Row("Bundle.getResource, getResources", () -> {
      Bundle bundle = subject.counterpart();
      same("resource", "one", text(bundle.getResource("data/one.txt")));
      same("none", null, bundle.getResource("data/none.txt"));
      same(
          "all",
          1,
          Collections.list(there("all", bundle.getResources("data/one.txt"))).size());
    }));
    rows.add(new Row("Bundle.loadClass", () -> {
      Bundle bundle = subject.counterpart();
      same(
          "a private class",
          NAME + ".internal.Activator",
          bundle.loadClass(NAME + ".internal.Activator").getName());
      same(
          "its bundle",
          bundle,
          FrameworkUtil.getBundle(bundle.loadClass(NAME + ".internal.Activator")));
      same("the shared one", Greeter.class, bundle.loadClass(Greeter.class.getName()));
      fails("none", ClassNotFoundException.class, () -> bundle.loadClass("no.such.Type"));
    }));
    rows.add(new Row("Bundle.getBundleContext", () -> {
      Bundle bundle = subject.counterpart();
      BundleContext theirs = there("context", bundle.getBundleContext());
      same("its bundle", bundle, theirs.getBundle());
      same("the same one", theirs, bundle.getBundleContext());
      same("us", context.getBundle(), theirs.getBundle(context.getBundle().getBundleId()));
      ServiceReference<Greeter> red = subject.greeter("red");
      holds("finds", theirs.getServiceReferences(Greeter.class, "(colour=red)").contains(red));
      same("fetches", "red greets it", there("service", theirs.getService(red)).greet("it"));
      holds("gives back", theirs.ungetService(red));
    }));
    rows.add(new Row("Bundle.getBundleContext: what is registered through it", () -> {
      Bundle bundle = subject.counterpart();
      BundleContext theirs = there("context", bundle.getBundleContext());
      String colour = subject.colour("theirs");
      List<Integer> events = new CopyOnWriteArrayList<>();
      ServiceListener listener = event -> events.add(event.getType());
      theirs.addServiceListener(listener, "(colour=" + colour + ")");
      Greeter greeter = whom -> "theirs greets " + whom;
      ServiceRegistration<Greeter> registration =
          theirs.registerService(Greeter.class, greeter, new Hashtable<>(Map.of("colour", colour)));
      ServiceReference<Greeter> reference = registration.getReference();
      same("found", reference, subject.greeter(colour));
      same("the object", greeter, context.getService(reference));
      same("its bundle", bundle, reference.getBundle());
      same("its id", bundle.getBundleId(), reference.getProperty(Constants.SERVICE_BUNDLEID));
      holds(
          "one of its services",
          Arrays.asList(there("services", bundle.getRegisteredServices())).contains(reference));
      soon("there", () -> subject.control().find("(colour=" + colour + ")").size() == 1);
      registration.unregister();
      soon("gone there", () -> subject.control().find("(colour=" + colour + ")").isEmpty());
      same("gone", null, reference.getBundle());
      theirs.removeServiceListener(listener);
      same("heard", List.of(ServiceEvent.REGISTERED, ServiceEvent.UNREGISTERING), events);
    }));
    rows.add(new Row("Bundle.adapt: BundleDTO", () -> {
      Bundle bundle = subject.counterpart();
      BundleDTO dto = there("dto", bundle.adapt(BundleDTO.class));
      same("id", bundle.getBundleId(), dto.id);
      same("name", NAME, dto.symbolicName);
      same("state", Bundle.ACTIVE, dto.state);
      same("unknown", null, bundle.adapt(StringBuilder.class));
    }));
    rows.add(new Row("Bundle.getSignerCertificates, hasPermission", () -> {
      Bundle bundle = subject.counterpart();
      holds("unsigned", bundle.getSignerCertificates(Bundle.SIGNERS_ALL).isEmpty());
      holds("permission", bundle.hasPermission(new RuntimePermission("any")));
    }));
  }

  private static String text(@Nullable URL url) throws IOException {
    try (InputStream from = there("URL", url).openStream()) {
      return new String(from.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }
}
