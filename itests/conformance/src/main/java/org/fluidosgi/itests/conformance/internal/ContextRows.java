package org.fluidosgi.itests.conformance.internal;

import static org.fluidosgi.itests.conformance.internal.Checks.fails;
import static org.fluidosgi.itests.conformance.internal.Checks.holds;
import static org.fluidosgi.itests.conformance.internal.Checks.same;
import static org.fluidosgi.itests.conformance.internal.Checks.soon;
import static org.fluidosgi.itests.conformance.internal.Checks.there;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.fluidosgi.itests.conformance.api.Greeter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** What {@code BundleContext} says of bundles, listeners and registrations. */
final class ContextRows {
  private final Subject subject;
  private final BundleContext context;

  ContextRows(Subject subject) {
    this.subject = subject;
    context = subject.context;
  }

  void addTo(List<Row> rows) {
    rows.add(new Row("BundleContext.getBundle: its own bundle", () -> {
      Bundle own = context.getBundle();
      same("state", Bundle.ACTIVE, own.getState());
      same("its context", context, own.getBundleContext());
      same("by id", own, context.getBundle(own.getBundleId()));
    }));
    rows.add(new Row("BundleContext.getBundle(long), (String): the same bundle", () -> {
      Bundle counterpart = subject.counterpart();
      same("by id", counterpart, context.getBundle(counterpart.getBundleId()));
      same("no such id", null, context.getBundle(987_654_321L));
      same("no such location", null, context.getBundle("no:such"));
      same("id 0", 0L, there("system bundle", context.getBundle(0)).getBundleId());
    }));
    rows.add(new Row("BundleContext.getBundles: all, each once", () -> {
      List<Bundle> all = Arrays.asList(context.getBundles());
      holds("the counterpart", all.contains(subject.counterpart()));
      holds("itself", all.contains(context.getBundle()));
      Set<Long> ids = all.stream().map(Bundle::getBundleId).collect(Collectors.toSet());
      same("different ids", all.size(), ids.size());
    }));
    rows.add(new Row("BundleContext.getProperty", () -> {
      there(Constants.FRAMEWORK_VERSION, context.getProperty(Constants.FRAMEWORK_VERSION));
      same("unknown", null, context.getProperty("no.such.property"));
    }));
    rows.add(new Row("BundleContext.getDataFile", () -> {
      holds("writable", there("folder", context.getDataFile("")).canWrite());
      holds("named", there("file", context.getDataFile("x")).getPath().endsWith("x"));
    }));
    rows.add(new Row("BundleContext.createFilter", () -> {
      holds("matches", context.createFilter("(a=1)").matches(Map.of("a", "1")));
      fails("wrong", InvalidSyntaxException.class, () -> context.createFilter("(a=1"));
    }));
    rows.add(new Row("BundleContext.installBundle: a known location is the known bundle", () -> {
      Bundle counterpart = subject.counterpart();
      same(
          "it",
          counterpart,
          context.installBundle(subject.location, new ByteArrayInputStream(new byte[] {1})));
    }));
    rows.add(new Row("BundleContext.installBundle: what cannot be read", () -> {
      fails("no URL", BundleException.class, () -> context.installBundle("no:such:url"));
      same("nothing is left", null, context.getBundle("no:such:url"));
    }));
    rows.add(new Row("BundleContext.addServiceListener: filter, change, end of match", () -> {
      List<ServiceEvent> events = new CopyOnWriteArrayList<>();
      ServiceListener listener = events::add;
      String colour = subject.colour("heard");
      context.addServiceListener(listener, "(colour=" + colour + ")");
      fails(
          "wrong filter",
          InvalidSyntaxException.class,
          () -> context.addServiceListener(listener, "(colour="));
      subject.control().register(colour, 0);
      soon("registered", () -> types(events).equals(List.of(ServiceEvent.REGISTERED)));
      same("bundle", subject.counterpart(), events.get(0).getServiceReference().getBundle());
      String other = subject.colour("unheard");
      subject.control().recolour(colour, other);
      soon(
          "end of match",
          () -> types(events)
              .equals(List.of(ServiceEvent.REGISTERED, ServiceEvent.MODIFIED_ENDMATCH)));
      subject.control().recolour(other, colour);
      soon("matches again", () -> events.size() == 3); // elsewhere, changes at once may be one
      subject.control().unregister(colour);
      soon(
          "all",
          () -> types(events)
              .equals(List.of(
                  ServiceEvent.REGISTERED,
                  ServiceEvent.MODIFIED_ENDMATCH,
                  ServiceEvent.MODIFIED,
                  ServiceEvent.UNREGISTERING)));
      context.removeServiceListener(listener);
      context.removeServiceListener(listener);
      context.registerService(Greeter.class, whom -> whom, properties(colour)).unregister();
      same("none after its removal", 4, events.size());
    }));
    rows.add(new Row("BundleContext.addFrameworkListener, removeFrameworkListener", () -> {
      FrameworkListener listener = event -> {};
      context.addFrameworkListener(listener);
      context.removeFrameworkListener(listener);
      context.removeFrameworkListener(listener);
    }));
    rows.add(new Row("BundleContext.registerService, ServiceRegistration: its life", () -> {
      String colour = subject.colour("mine");
      Greeter greeter = whom -> "mine greets " + whom;
      ServiceRegistration<Greeter> registration =
          context.registerService(Greeter.class, greeter, properties(colour));
      ServiceReference<Greeter> reference = registration.getReference();
      same("found", reference, subject.greeter(colour));
      same("the very object", greeter, context.getService(reference));
      same("its bundle", context.getBundle(), reference.getBundle());
      String now = subject.colour("mine");
      registration.setProperties(properties(now));
      same("changed", now, reference.getProperty("colour"));
      registration.unregister();
      same("no bundle", null, reference.getBundle());
      same("no service", null, context.getService(reference));
      fails("reference", IllegalStateException.class, registration::getReference);
      fails("change", IllegalStateException.class, () -> registration.setProperties(null));
    }));
    rows.add(new Row("BundleContext.registerService: the counterpart finds it", () -> {
      String colour = subject.colour("shared");
      ServiceRegistration<Greeter> registration =
          context.registerService(Greeter.class, whom -> whom, properties(colour));
      soon("found", () -> subject.control().find("(colour=" + colour + ")").size() == 1);
      registration.unregister();
      soon("gone", () -> subject.control().find("(colour=" + colour + ")").isEmpty());
    }));
    rows.add(new Row(
        "BundleContext.registerService: no object of the class",
        () -> fails(
            "text",
            IllegalArgumentException.class,
            () -> context.registerService(Greeter.class.getName(), "text", null))));
  }

  private static Hashtable<String, Object> properties(String colour) {
    return new Hashtable<>(Map.of("colour", colour));
  }

  private static List<Integer> types(List<ServiceEvent> events) {
    return events.stream().map(ServiceEvent::getType).toList();
  }
}
