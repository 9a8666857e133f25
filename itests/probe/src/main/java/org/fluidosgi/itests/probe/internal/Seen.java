package org.fluidosgi.itests.probe.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.fluidosgi.itests.probe.api.Greeting;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;

/** What a consumer sees of greetings, told by events and found by asking.
 * Threads: any; the monitor guards what was told. */
final class Seen implements ServiceListener {
  private static final int EVENTS_MAX = 100_000;

  private final BundleContext context;
  private final Set<ServiceReference<?>> told = new LinkedHashSet<>();
  private final List<String> events = new ArrayList<>();

  Seen(BundleContext context) {
    this.context = context;
  }

  /** Begins with what is there now. Call it once. */
  void open() throws InvalidSyntaxException {
    synchronized (this) {
      context.addServiceListener(this, "(objectClass=" + Greeting.class.getName() + ")");
      told.addAll(context.getServiceReferences(Greeting.class, null));
    }
  }

  void close() {
    context.removeServiceListener(this);
  }

  @Override
  public synchronized void serviceChanged(ServiceEvent event) {
    ServiceReference<?> reference = event.getServiceReference();
    boolean known = told.contains(reference);
    String kind = switch (event.getType()) {
      case ServiceEvent.REGISTERED -> {
        told.add(reference);
        yield known ? "twice" : "registered";
      }
      case ServiceEvent.MODIFIED -> known ? "modified" : "unknown-modified";
      default -> {
        told.remove(reference);
        yield known ? "gone" : "unknown-gone";
      }
    };
    if (events.size() < EVENTS_MAX) {
      events.add(kind + " " + id(reference) + " " + reference.getProperty("colour"));
    }
  }

  /** Ids of those that are there by the events. */
  synchronized String byEvents() {
    return ids(told.stream());
  }

  /** Ids of those that are found. */
  String byAsking() throws InvalidSyntaxException {
    ServiceReference<?>[] found =
        context.getServiceReferences(Greeting.class.getName(), "(probe.id=*)");
    return ids(found == null ? Stream.empty() : Arrays.stream(found));
  }

  /** The events since the last call: kind, id, colour. */
  synchronized List<String> takeEvents() {
    List<String> taken = List.copyOf(events);
    events.clear();
    return taken;
  }

  private static String ids(Stream<? extends ServiceReference<?>> references) {
    return String.join(" ", references.map(Seen::id).sorted().toList());
  }

  private static String id(ServiceReference<?> reference) {
    return Objects.toString(reference.getProperty("probe.id"));
  }
}
