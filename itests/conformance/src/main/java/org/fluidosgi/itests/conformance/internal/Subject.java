package org.fluidosgi.itests.conformance.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.itests.conformance.api.Control;
import org.fluidosgi.itests.conformance.api.Greeter;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** The context that is looked at, and its counterpart: a bundle that it sees at a location. Threads: any. */
final class Subject {
  final BundleContext context;
  final String location;
  private final Map<String, Integer> next = new ConcurrentHashMap<>();

  Subject(BundleContext context, String location) {
    this.context = context;
    this.location = location;
  }

  Bundle counterpart() {
    return Checks.there("getBundle(" + location + ")", context.getBundle(location));
  }

  Control control() throws Exception {
    Checks.soon("Control", () -> context.getServiceReference(Control.class) != null);
    return Checks.there("Control", context.getService(context.getServiceReference(Control.class)));
  }

  /** A colour that no service had before. */
  String colour(String begin) {
    return begin + next.merge(begin, 1, Integer::sum);
  }

  Collection<ServiceReference<Greeter>> greeters(@Nullable String filter)
      throws InvalidSyntaxException {
    return context.getServiceReferences(Greeter.class, filter);
  }

  /** The one greeter of that colour, as soon as it is seen. */
  ServiceReference<Greeter> greeter(String colour) throws Exception {
    List<ServiceReference<Greeter>> found = new ArrayList<>();
    Checks.soon("greeter " + colour, () -> {
      found.clear();
      found.addAll(greeters("(colour=" + colour + ")"));
      return found.size() == 1;
    });
    return found.get(0);
  }

  boolean uses(ServiceReference<?> reference) {
    Bundle[] users = reference.getUsingBundles();
    return users != null && Arrays.asList(users).contains(context.getBundle());
  }
}
