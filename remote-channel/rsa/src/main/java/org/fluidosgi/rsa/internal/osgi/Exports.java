package org.fluidosgi.rsa.internal.osgi;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.rsa.FluidChannel;
import org.fluidosgi.rsa.internal.call.ServedEndpoint;
import org.fluidosgi.rsa.internal.hooks.PackageVersions;
import org.fluidosgi.rsa.internal.lease.LeaseSource;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ExportReference;
import org.osgi.service.remoteserviceadmin.RemoteConstants;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminEvent;

/** The shared exports of one node: one endpoint for each service, list of interfaces and set of overrides; each is what the node leases to
 * peers that are connected explicitly.
 * State: the tables, guarded by this object's monitor, which is never held while the framework, a service or a listener is
 * called. Threads: any. Limits: {@value #ENDPOINT_IDS_MAX} remembered endpoint ids for each service. */
final class Exports implements AllServiceListener, LeaseSource {
  /** Most endpoint ids that are kept for one service registration, for exports that differ in their overrides. */
  static final int ENDPOINT_IDS_MAX = 64;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");
  private static final String URN = "urn:uuid:";

  private final Provider provider;
  private final Map<Object, SharedExport> exports = new HashMap<>();
  private final Map<UUID, SharedExport> byId = new HashMap<>();
  private final Map<ServiceReference<?>, Map<Object, UUID>> endpointIds = new HashMap<>();

  Exports(Provider provider) {
    this.provider = provider;
  }

  @Override
  public synchronized List<UUID> endpoints() {
    return List.copyOf(byId.keySet());
  }

  @Override
  public synchronized @Nullable EndpointDescription endpoint(UUID id) {
    SharedExport export = byId.get(id);
    return export == null ? null : export.description();
  }

  /** One registration, or none when configuration type or intents are not ours.
   * Errors: IllegalArgumentException for bad properties. */
  List<OpenExport> export(ServiceReference<?> service, @Nullable Map<String, ?> overrides) {
    ExportProperties properties = new ExportProperties(service, overrides);
    List<String> wanted = properties.wantedInterfaces();
    if (!properties.wantsUs() || !properties.intentsSupported()) {
      return List.of();
    }
    OpenExport opened;
    try {
      opened = open(service, overrides, properties, wanted);
    } catch (IllegalStateException | LinkageError e) {
      forgetIfGone(service);
      opened = new OpenExport(provider, service, e);
      LOG.log(
          Level.WARNING,
          provider.nodeName() + ": export of " + service + " failed: " + e.getMessage());
      provider.announce(RemoteServiceAdminEvent.EXPORT_ERROR, opened.reference(), e);
      return List.of(opened);
    }
    provider.announce(RemoteServiceAdminEvent.EXPORT_REGISTRATION, opened.reference(), null);
    return List.of(opened);
  }

  private OpenExport open(
      ServiceReference<?> service,
      @Nullable Map<String, ?> overrides,
      ExportProperties properties,
      List<String> wanted) {
    if (service.getBundle() == null) {
      throw new IllegalStateException("the service is not registered any more");
    }
    List<String> names = expand(service, properties, wanted);
    List<Object> key = List.of(service, new LinkedHashSet<>(names), comparable(overrides));
    UUID id;
    synchronized (this) {
      SharedExport known = exports.get(key);
      if (known != null) {
        return register(known, overrides);
      }
      id = endpointId(service, key);
    }
    EndpointDescription description = describe(id, properties, service, names);
    SharedExport fresh = new SharedExport(provider, key, id, service, names, description);
    boolean inline = properties.flag(FluidChannel.INLINE);
    if (inline) {
      fresh.bindNow();
    }
    OpenExport opened;
    SharedExport kept;
    synchronized (this) {
      SharedExport known = exports.putIfAbsent(key, fresh);
      kept = known == null ? fresh : known;
      opened = register(kept, overrides);
      if (kept == fresh) {
        byId.put(id, fresh);
        provider.dispatcher().add(id, new ServedEndpoint(fresh, inline));
      }
    }
    if (kept != fresh) {
      fresh.release();
    } else {
      provider.exportChanged(id);
    }
    if (service.getBundle() == null) {
      opened.close(); // unregistered while we exported it: its event may have passed us
      forgetIfGone(service);
    } else if (kept == fresh) {
      LOG.log(Level.INFO, "{0}: exported {1} as {2}", provider.nodeName(), names, URN + id);
    }
    return opened;
  }

  private OpenExport register(SharedExport export, @Nullable Map<String, ?> overrides) {
    OpenExport opened = new OpenExport(provider, export, overrides);
    export.registrations.add(opened);
    return opened;
  }

  private synchronized void forgetIfGone(ServiceReference<?> service) {
    if (service.getBundle() == null) {
      endpointIds.remove(service);
    }
  }

  private UUID endpointId(ServiceReference<?> service, Object key) {
    Map<Object, UUID> ids = endpointIds.computeIfAbsent(service, s -> new HashMap<>());
    UUID known = ids.get(key);
    if (known != null) {
      return known;
    }
    UUID id = UUID.randomUUID();
    if (ids.size() < ENDPOINT_IDS_MAX) {
      ids.put(key, id);
    }
    return id;
  }

  /** The names to export with their classes checked to be interfaces. */
  private List<String> expand(
      ServiceReference<?> service, ExportProperties properties, List<String> wanted) {
    boolean all = wanted.equals(List.of("*"));
    List<String> names = new ArrayList<>();
    for (String name : all ? properties.objectClass() : wanted) {
      Class<?> type = exportedClass(service, name);
      if (type == null) {
        throw new IllegalStateException("class " + name
            + " is visible neither to the bundle that registered the service nor in it");
      }
      if (type.isInterface()) {
        names.add(name);
      } else if (!all) {
        throw new IllegalStateException(name + " is a class: only interfaces can be exported");
      }
    }
    if (names.isEmpty()) {
      throw new IllegalStateException("the service has no interface to export, only classes");
    }
    return names;
  }

  private @Nullable Class<?> exportedClass(ServiceReference<?> service, String name) {
    Class<?> type = Interfaces.ofRegistrant(service.getBundle(), name);
    if (type != null) {
      return type;
    }
    Object object = provider.context().getService(service);
    if (object == null) {
      return null;
    }
    try {
      return Interfaces.ofService(object.getClass(), name);
    } finally {
      provider.context().ungetService(service);
    }
  }

  /** What tells one set of overrides from another. */
  private static Object comparable(@Nullable Map<String, ?> overrides) {
    Map<String, Object> plain = new HashMap<>();
    if (overrides != null) {
      overrides.forEach((key, value) -> {
        if (!ExportProperties.isFixed(key)) {
          Object same =
              value.getClass().isArray() ? Arrays.deepToString(new Object[] {value}) : value;
          plain.put(key.toLowerCase(Locale.ROOT), same);
        }
      });
    }
    return plain;
  }

  EndpointDescription describe(
      UUID id, ExportProperties properties, ServiceReference<?> service, List<String> names) {
    Map<String, Object> described = properties.forwarded();
    NodeInfo self = provider.self();
    described.put(Constants.OBJECTCLASS, names.toArray(String[]::new));
    described.put(RemoteConstants.ENDPOINT_ID, URN + id);
    described.put(
        RemoteConstants.ENDPOINT_FRAMEWORK_UUID,
        provider.context().getProperty(Constants.FRAMEWORK_UUID));
    described.put(RemoteConstants.ENDPOINT_SERVICE_ID, service.getProperty(Constants.SERVICE_ID));
    described.put(RemoteConstants.SERVICE_IMPORTED, "true");
    described.put(
        RemoteConstants.SERVICE_IMPORTED_CONFIGS, new String[] {FluidChannel.CONFIG_TYPE});
    described.put(RemoteConstants.SERVICE_INTENTS, properties.serviceIntents());
    described.put(FluidChannel.NODE, self.id().toString());
    described.put(FluidChannel.INCARNATION, self.incarnation().counter());
    described.put(FluidChannel.ADDRESS, self.address().toString());
    for (String name : names) {
      String packageName = PackageVersions.packageOf(name);
      Class<?> type = exportedClass(service, name);
      Version version = type == null ? null : Interfaces.packageVersion(type);
      if (version != null) {
        described.put(RemoteConstants.ENDPOINT_PACKAGE_VERSION_ + packageName, version.toString());
      }
    }
    return new EndpointDescription(described);
  }

  /** Takes a closing registration out; the endpoint ends with its last one. */
  void closed(OpenExport opened, SharedExport export) {
    boolean last;
    synchronized (this) {
      export.registrations.remove(opened);
      last = export.registrations.isEmpty() && exports.remove(export.key, export);
      if (last) {
        byId.remove(export.id, export);
        provider.dispatcher().remove(export.id);
      }
    }
    if (last) {
      provider.exportChanged(export.id);
      export.release();
      LOG.log(
          Level.INFO,
          "{0}: ended export {1} of {2}",
          provider.nodeName(),
          URN + export.id,
          export.interfaceNames());
    }
  }

  @Override
  public void serviceChanged(ServiceEvent event) {
    if (event.getType() != ServiceEvent.UNREGISTERING) {
      return;
    }
    ServiceReference<?> gone = event.getServiceReference();
    List<OpenExport> toClose = new ArrayList<>();
    synchronized (this) {
      if (endpointIds.remove(gone) == null) {
        return;
      }
      for (SharedExport export : exports.values()) {
        if (export.reference.equals(gone)) {
          toClose.addAll(export.registrations);
        }
      }
    }
    toClose.forEach(OpenExport::close);
  }

  synchronized Collection<ExportReference> references() {
    List<ExportReference> references = new ArrayList<>();
    exports
        .values()
        .forEach(export -> export.registrations.forEach(open -> references.add(open.reference())));
    return references;
  }
}
