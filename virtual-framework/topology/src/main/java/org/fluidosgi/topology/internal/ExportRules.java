package org.fluidosgi.topology.internal;

import static java.lang.System.Logger.Level.WARNING;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.fluidosgi.topology.spi.ExportPolicy;
import org.fluidosgi.topology.spi.Region;
import org.fluidosgi.topology.spi.Sharing;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.RemoteConstants;

/** Decides which services are exported, and with which properties.
 * Source: architecture section 3, what is shared. */
final class ExportRules {
  private static final System.Logger LOG = System.getLogger(WorkQueue.LOGGER);

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

  /** With what the policies tell of the service, and the region that it is for; what was decided, or told by an earlier one, stays. */
  private Map<String, Object> described(ServiceReference<?> service, Map<String, Object> decided) {
    Map<String, Object> all = new LinkedHashMap<>(decided);
    for (ExportPolicy policy : policies.get()) {
      ask(policy, service, each -> each.describe(service), Map.<String, Object>of())
          .forEach(all::putIfAbsent);
    }
    if (!options.region().isNone() && !Sharing.GROUP.equals(service.getProperty(Sharing.SCOPE))) {
      all.put(Region.PROPERTY, options.region().name());
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
        || Sharing.staysHere(service)) {
      return Optional.empty();
    }
    List<String> names = PropertyMaps.strings(service.getProperty(Constants.OBJECTCLASS));
    List<String> shared = Sharing.names(service);
    if (shared.isEmpty()) {
      return Optional.empty();
    }
    // The asterisk lets the provider leave classes out; a list of names would have to be of
    // interfaces only.
    List<String> exported = shared.size() == names.size() ? List.of("*") : shared;
    return Optional.of(
        Map.of(RemoteConstants.SERVICE_EXPORTED_INTERFACES, exported.toArray(String[]::new)));
  }
}
