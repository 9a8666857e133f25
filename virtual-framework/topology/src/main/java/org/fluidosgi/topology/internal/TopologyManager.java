package org.fluidosgi.topology.internal;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.util.Comparator;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.topology.internal.hooks.InterestHooks;
import org.fluidosgi.topology.spi.ExportPolicy;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;
import org.osgi.service.remoteserviceadmin.EndpointListener;
import org.osgi.service.remoteserviceadmin.ImportReference;
import org.osgi.service.remoteserviceadmin.RemoteConstants;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminEvent;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminListener;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/** Puts the parts together: what happens in the framework marks work on the queue, nothing else happens on the threads that bring news.
 * Threads: start and close by the activator. */
final class TopologyManager {
  /** Longest that a stop waits for the queue to close everything. */
  static final int STOP_MILLIS_MAX = 5_000;

  private static final System.Logger LOG = System.getLogger(WorkQueue.LOGGER);
  private static final String ALL = "all";

  private final BundleContext context;
  private final Options options;
  private final WorkQueue queue = new WorkQueue();
  private final RemoteAdmins admins;
  private final LocalEndpoints endpoints;
  private final Exporter exporter;
  private final AnnouncedEndpoints announced;
  private final Importer importer;
  private final InterestHooks interest =
      new InterestHooks(() -> queue.mark("interest", () -> importer().reconcileAll()));
  private final String scope;
  private final ServiceTracker<ExportPolicy, ExportPolicy> policies;

  /** Those of the tracker, which knows one only after it has told us of it: the queue may ask before. */
  private final Map<ServiceReference<ExportPolicy>, ExportPolicy> presentPolicies =
      new ConcurrentHashMap<>();

  private @Nullable ServiceRegistration<?> listening;
  private @Nullable ServiceRegistration<?> watching;
  private @Nullable ServiceRegistration<?> asking;

  TopologyManager(BundleContext context, Options options) {
    this.context = context;
    this.options = options;
    this.scope =
        "(&(" + Constants.OBJECTCLASS + "=*)(!(" + RemoteConstants.ENDPOINT_FRAMEWORK_UUID + "="
            + context.getProperty(Constants.FRAMEWORK_UUID) + "))"
            + options.region().filter() + options.importFilter().orElse("") + ")";
    this.admins = new RemoteAdmins(context, this::markAll);
    this.endpoints = new LocalEndpoints(context, queue);
    this.policies = new ServiceTracker<>(context, ExportPolicy.class, new PolicyChanges());
    this.exporter =
        new Exporter(context, queue, admins, new ExportRules(options, this::policies), endpoints);
    this.announced =
        new AnnouncedEndpoints(scope, id -> queue.mark(id, () -> importer().reconcile(id)));
    this.importer = new Importer(admins, announced, this::isWanted);
  }

  void start() {
    queue.start();
    Dictionary<String, Object> none = new Hashtable<>();
    watching =
        context.registerService(RemoteServiceAdminListener.class, this::remoteAdminEvent, none);
    endpoints.open();
    policies.open();
    admins.open();
    context.addServiceListener(exporter);
    markAll();
    if (options.importPolicy() == Options.ImportPolicy.INTEREST) {
      asking = interest.register(context);
    }
    if (options.importPolicy() != Options.ImportPolicy.MANUAL) {
      Dictionary<String, Object> properties = new Hashtable<>();
      properties.put(EndpointEventListener.ENDPOINT_LISTENER_SCOPE, new String[] {scope});
      properties.put(LocalEndpoints.OWN, true);
      listening = context.registerService(
          new String[] {EndpointEventListener.class.getName(), EndpointListener.class.getName()},
          announced,
          properties);
    }
    LOG.log(
        INFO, "topology: started, imports {0}, endpoint scope {1}", options.importPolicy(), scope);
  }

  void close() {
    unregister(asking);
    asking = null;
    unregister(listening);
    listening = null;
    unregister(watching);
    watching = null;
    context.removeServiceListener(exporter);
    boolean ended = queue.close(
        () -> {
          exporter.close();
          importer.close();
          endpoints.close();
        },
        STOP_MILLIS_MAX);
    if (!ended) {
      LOG.log(
          WARNING,
          "topology: closing exports and imports took longer than {0} ms, it goes on in thread {1}",
          STOP_MILLIS_MAX,
          WorkQueue.THREAD);
    }
    policies.close();
    admins.close();
  }

  private Importer importer() {
    return importer;
  }

  private boolean isWanted(EndpointDescription endpoint) {
    return switch (options.importPolicy()) {
      case EAGER -> true;
      case INTEREST -> interest.wants(endpoint.getProperties());
      case MANUAL -> false;
    };
  }

  private void markAll() {
    queue.mark(ALL, () -> {
      exporter.reconcileAll();
      importer.reconcileAll();
    });
  }

  private List<ExportPolicy> policies() {
    return presentPolicies.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(Comparator.reverseOrder()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private void remoteAdminEvent(RemoteServiceAdminEvent event) {
    switch (event.getType()) {
      case RemoteServiceAdminEvent.EXPORT_UNREGISTRATION, RemoteServiceAdminEvent.EXPORT_ERROR -> {
        if (!queue.onQueue()) {
          queue.mark("closed exports", exporter::dropClosed);
        }
      }
      case RemoteServiceAdminEvent.IMPORT_REGISTRATION -> {
        if (importer.isNews(endpointOf(event))) {
          importer.forgetOthers();
        }
      }
      case RemoteServiceAdminEvent.IMPORT_UNREGISTRATION, RemoteServiceAdminEvent.IMPORT_ERROR -> {
        if (importer.isNews(endpointOf(event))) {
          importer.forgetOthers();
          queue.mark("closed imports", importer::reconcileAll);
        }
      }
      default -> {
        // Registrations, updates and warnings change nothing that we keep.
      }
    }
  }

  private static @Nullable String endpointOf(RemoteServiceAdminEvent event) {
    ImportReference reference = event.getImportReference();
    EndpointDescription endpoint = reference == null ? null : reference.getImportedEndpoint();
    return endpoint == null ? null : endpoint.getId();
  }

  private static void unregister(@Nullable ServiceRegistration<?> registration) {
    if (registration != null) {
      registration.unregister();
    }
  }

  /** Any change of a policy makes every service be looked at again. */
  private final class PolicyChanges
      implements ServiceTrackerCustomizer<ExportPolicy, ExportPolicy> {
    @Override
    public @Nullable ExportPolicy addingService(ServiceReference<ExportPolicy> reference) {
      ExportPolicy policy = context.getService(reference);
      if (policy != null) {
        presentPolicies.put(reference, policy);
        markAll();
      }
      return policy;
    }

    @Override
    public void modifiedService(ServiceReference<ExportPolicy> reference, ExportPolicy policy) {
      markAll();
    }

    @Override
    public void removedService(ServiceReference<ExportPolicy> reference, ExportPolicy policy) {
      presentPolicies.remove(reference);
      markAll();
      context.ungetService(reference);
    }
  }
}
