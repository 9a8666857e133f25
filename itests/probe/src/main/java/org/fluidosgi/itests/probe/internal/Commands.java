package org.fluidosgi.itests.probe.internal;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.fluidosgi.itests.probe.api.Greeting;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.clusterinfo.FrameworkNodeStatus;

/** Commands of scope {@code probe}; plain methods, so that Gogo is not imported. */
public final class Commands {
  private final BundleContext context;
  private final Map<String, ServiceRegistration<Greeting>> registrations =
      new ConcurrentHashMap<>();
  private volatile @Nullable Seen seen;

  Commands(BundleContext context) {
    this.context = context;
  }

  /** {@code register <id> [key=value ...]}: a greeting for export. */
  public String register(String id, String... properties) {
    registrations.put(
        id, context.registerService(Greeting.class, new Greeter(id), properties(id, properties)));
    return "registered " + id;
  }

  /** {@code many <prefix> <from> <to>}: greetings {@code <prefix>-<from>} up to before {@code <prefix>-<to>}. */
  public String many(String prefix, int from, int to) {
    for (int i = from; i < to; i++) {
      register(prefix + "-" + i);
    }
    return "registered " + (to - from);
  }

  /** {@code watch}: records from now on what a consumer is told of greetings. */
  public String watch() throws InvalidSyntaxException {
    if (seen == null) {
      Seen opening = new Seen(context);
      opening.open();
      seen = opening;
    }
    return "watching";
  }

  /** {@code seen}: two lines, ids that are there by the events and by asking. */
  public List<String> seen() throws InvalidSyntaxException {
    return List.of(watched().byEvents(), watched().byAsking());
  }

  /** {@code events}: what a consumer was told since the last time. */
  public List<String> events() {
    return watched().takeEvents();
  }

  /** {@code nodes}: a line for each node status: name, tags, bundles, processors and whether it knows a bundle 9999. */
  public List<String> nodes() throws Exception {
    List<String> lines = new ArrayList<>();
    for (ServiceReference<FrameworkNodeStatus> reference :
        context.getServiceReferences(FrameworkNodeStatus.class, null)) {
      FrameworkNodeStatus status = context.getService(reference);
      String unknown;
      try {
        unknown = String.valueOf(status.getBundle(9999));
      } catch (IllegalArgumentException e) {
        unknown = e.getMessage();
      }
      lines.add(String.join(
          " ",
          String.valueOf(reference.getProperty("fluid.name")),
          String.valueOf(reference.getProperty("osgi.clusterinfo.cluster")),
          Arrays.toString((String[]) reference.getProperty("osgi.clusterinfo.tags")),
          status.getBundle(0).symbolicName,
          String.valueOf(status.getMetrics("availableProcessors")),
          unknown));
      context.ungetService(reference);
    }
    return lines.stream().sorted().toList();
  }

  private Seen watched() {
    Seen now = seen;
    if (now == null) {
      throw new IllegalStateException("nothing is recorded, call probe:watch first");
    }
    return now;
  }

  /** {@code modify <id> key=value ...}: other properties. */
  public String modify(String id, String... properties) {
    registration(id).setProperties(properties(id, properties));
    return "modified " + id;
  }

  /** {@code unregister <id>}. */
  public String unregister(String id) {
    registration(id).unregister();
    registrations.remove(id);
    return "unregistered " + id;
  }

  /** {@code find <filter>}: a line for each greeting that matches, with its properties and what it answers. */
  public List<String> find(String filter) throws InvalidSyntaxException {
    List<String> lines = new ArrayList<>();
    for (ServiceReference<Greeting> reference : references(filter)) {
      Greeting greeting = context.getService(reference);
      String answer = greeting == null ? "null" : answer(found -> found.greet("probe"), greeting);
      context.ungetService(reference);
      lines.add(reference.getProperty("probe.id") + " colour=" + reference.getProperty("colour")
          + " imported=" + (reference.getProperty("service.imported") != null) + " " + answer);
    }
    return lines.isEmpty() ? List.of("none") : lines;
  }

  /** {@code count <filter>}: how many greetings match now. */
  public int count(String filter) throws InvalidSyntaxException {
    return references(filter).size();
  }

  /** {@code give <filter> <class>}: what the first match says to a new object of that class. */
  public String give(String filter, String type) throws InvalidSyntaxException {
    Object value = Greeter.create(type);
    return call(filter, greeting -> greeting.take(value));
  }

  /** {@code take <filter> <class>}: the class of what the first match makes. */
  public String take(String filter, String type) throws InvalidSyntaxException {
    return call(filter, greeting -> "got a " + greeting.make(type).getClass().getName());
  }

  private String call(String filter, Function<Greeting, String> call)
      throws InvalidSyntaxException {
    ServiceReference<Greeting> reference = first(filter);
    try {
      return answer(call, context.getService(reference));
    } finally {
      context.ungetService(reference);
    }
  }

  /** {@code hold <filter> <calls> <millis>}: that many calls at once into the first match; a line for each when all have
   * ended: outcome and milliseconds. */
  public List<String> hold(String filter, int calls, long millis)
      throws InvalidSyntaxException, InterruptedException {
    ServiceReference<Greeting> reference = first(filter);
    Greeting greeting = context.getService(reference);
    String[] lines = new String[calls];
    CountDownLatch ended = new CountDownLatch(calls);
    for (int i = 0; i < calls; i++) {
      int index = i;
      Thread caller = new Thread(
          () -> {
            long begin = System.nanoTime();
            String outcome = outcome(greeting, millis);
            lines[index] = outcome + " " + (System.nanoTime() - begin) / 1_000_000;
            ended.countDown();
          },
          "probe-caller-" + i);
      caller.setDaemon(true);
      caller.start();
    }
    ended.await();
    context.ungetService(reference);
    return Arrays.asList(lines);
  }

  /** {@code vitals}: threads, open descriptors and bytes of heap after a collection, of this process. */
  public String vitals() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    long descriptors = ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : -1;
    return ManagementFactory.getThreadMXBean().getThreadCount() + " " + descriptors + " " + heap;
  }

  /** {@code threads}: names of the threads of this process with their numbers taken out, and how many there are of each. */
  public List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .collect(Collectors.groupingBy(
            thread -> thread.getName().replaceAll("[0-9]+", "N"), Collectors.counting()))
        .entrySet()
        .stream()
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .sorted(Comparator.comparing(line -> line.substring(line.indexOf(' '))))
        .toList();
  }

  void close() {
    Seen watching = seen;
    if (watching != null) {
      watching.close();
    }
    registrations.values().forEach(ServiceRegistration::unregister);
    registrations.clear();
  }

  private static String outcome(Greeting greeting, long millis) {
    try {
      return greeting.hold(millis).startsWith("held") ? "held" : "released";
    } catch (ServiceException e) {
      return e.getType() == ServiceException.REMOTE ? "remote" : "type-" + e.getType();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    } catch (RuntimeException e) {
      return e.getClass().getSimpleName();
    }
  }

  private static String answer(Function<Greeting, String> call, Greeting greeting) {
    try {
      return call.apply(greeting);
    } catch (ServiceException e) {
      return "ServiceException " + e.getType() + " " + e.getMessage();
    }
  }

  private ServiceReference<Greeting> first(String filter) throws InvalidSyntaxException {
    return references(filter).stream()
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no greeting matches " + filter));
  }

  private List<ServiceReference<Greeting>> references(String filter) throws InvalidSyntaxException {
    Collection<ServiceReference<Greeting>> found =
        context.getServiceReferences(Greeting.class, filter);
    return found.stream()
        .sorted(
            Comparator.comparing(reference -> String.valueOf(reference.getProperty("probe.id"))))
        .toList();
  }

  private ServiceRegistration<Greeting> registration(String id) {
    ServiceRegistration<Greeting> registration = registrations.get(id);
    if (registration == null) {
      throw new IllegalArgumentException(
          "no greeting " + id + ": there are " + registrations.keySet());
    }
    return registration;
  }

  private static Dictionary<String, Object> properties(String id, String... more) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put("service.exported.interfaces", "*");
    properties.put("probe.id", id);
    for (String property : more) {
      int equals = property.indexOf('=');
      properties.put(property.substring(0, equals), property.substring(equals + 1));
    }
    return properties;
  }
}
