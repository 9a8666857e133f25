package org.fluidosgi.topology.internal;

import static java.lang.System.Logger.Level.WARNING;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.fluidosgi.topology.spi.ExportPolicy;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.RemoteConstants;

/** Decides which services are exported, and with which properties.
 * Source: architecture section 3, what is shared. */
final class ExportRules {
  private static final System.Logger LOG = System.getLogger(WorkQueue.LOGGER);

  /** Packages of interfaces that are no business of other nodes: extenders and the framework look for them. */
  private static final List<String> PRIVATE_PACKAGES =
      List.of("org.osgi.", "javax.", "jakarta.", "org.apache.felix.", "java.");

  /** Property keys by which a whiteboard takes a service in. */
  private static final List<String> WHITEBOARD_KEYS = List.of(
      "osgi.http.",
      "osgi.jaxrs.",
      "osgi.jakartars.",
      "osgi.command.",
      "event.topics",
      "jmx.objectname");

  /** Property by which a service says that it stays on its node. */
  private static final String SCOPE = "fluid.scope";

  /** Properties that decide what an endpoint is; when one changes, the service is exported anew. */
  private static final List<String> SHAPE = List.of(
      RemoteConstants.SERVICE_EXPORTED_INTERFACES,
      RemoteConstants.SERVICE_EXPORTED_CONFIGS,
      RemoteConstants.SERVICE_EXPORTED_INTENTS,
      RemoteConstants.SERVICE_EXPORTED_INTENTS_EXTRA);

  private final Options options;
  private final Supplier<List<ExportPolicy>> policies;
  private final Set<Class<?>> complainedAbout = ConcurrentHashMap.newKeySet();

  /** Shape: policies in the order in which they are asked. */
  ExportRules(Options options, Supplier<List<ExportPolicy>> policies) {
    this.options = options;
    this.policies = policies;
  }

  /** The properties to export the service with; empty when it stays here. */
  Optional<Map<String, Object>> exportProperties(ServiceReference<?> service) {
    if (service.getProperty(RemoteConstants.SERVICE_IMPORTED) != null) {
      return Optional.empty();
    }
    return decide(service).map(decided -> described(service, decided));
  }

  private Optional<Map<String, Object>> decide(ServiceReference<?> service) {
    if (asksForExport(service)) {
      return Optional.of(Map.of());
    }
    for (ExportPolicy policy : policies.get()) {
      Optional<Map<String, Object>> answer =
          ask(policy, service, each -> each.exportProperties(service), Optional.empty());
      if (answer.isPresent()) {
        return answer;
      }
    }
    return byFilter(service);
  }

  /** With what the policies tell of the service; what was decided, or told by an earlier one, stays. */
  private Map<String, Object> described(ServiceReference<?> service, Map<String, Object> decided) {
    Map<String, Object> all = new LinkedHashMap<>(decided);
    for (ExportPolicy policy : policies.get()) {
      ask(policy, service, each -> each.describe(service), Map.<String, Object>of())
          .forEach(all::putIfAbsent);
    }
    return all;
  }

  /** What decides on the endpoints of a service exported with those properties. */
  static List<List<String>> shape(ServiceReference<?> service, Map<String, Object> properties) {
    Map<String, Object> all = PropertyMaps.merged(service, properties);
    return SHAPE.stream().map(key -> PropertyMaps.strings(all.get(key))).toList();
  }

  private boolean asksForExport(ServiceReference<?> service) {
    return !PropertyMaps.strings(service.getProperty(RemoteConstants.SERVICE_EXPORTED_INTERFACES))
            .isEmpty()
        && (!options.exportConfigsRequired()
            || !PropertyMaps.strings(service.getProperty(RemoteConstants.SERVICE_EXPORTED_CONFIGS))
                .isEmpty());
  }

  private <T> T ask(
      ExportPolicy policy,
      ServiceReference<?> service,
      Function<ExportPolicy, @Nullable T> question,
      T noOpinion) {
    try {
      T answer = question.apply(policy);
      return answer == null ? noOpinion : answer;
    } catch (RuntimeException | LinkageError e) {
      if (complainedAbout.add(policy.getClass())) {
        LOG.log(
            WARNING,
            "topology: export policy " + policy.getClass().getName() + " failed on " + service
                + ", counted as no opinion; further failures of it are not logged",
            e);
      }
      return noOpinion;
    }
  }

  private Optional<Map<String, Object>> byFilter(ServiceReference<?> service) {
    if (options.exportFilter().filter(filter -> filter.match(service)).isEmpty()
        || "local".equals(service.getProperty(SCOPE))
        || isForWhiteboard(service)) {
      return Optional.empty();
    }
    List<String> names = PropertyMaps.strings(service.getProperty(Constants.OBJECTCLASS));
    List<String> shared = new ArrayList<>(names);
    shared.removeIf(name -> PRIVATE_PACKAGES.stream().anyMatch(name::startsWith));
    if (shared.isEmpty()) {
      return Optional.empty();
    }
    // The asterisk lets the provider leave classes out; a list of names would have to be of
    // interfaces only.
    List<String> exported = shared.size() == names.size() ? List.of("*") : shared;
    return Optional.of(
        Map.of(RemoteConstants.SERVICE_EXPORTED_INTERFACES, exported.toArray(String[]::new)));
  }

  private static boolean isForWhiteboard(ServiceReference<?> service) {
    for (String key : service.getPropertyKeys()) {
      if (WHITEBOARD_KEYS.stream().anyMatch(key::startsWith)) {
        return true;
      }
    }
    return false;
  }
}
