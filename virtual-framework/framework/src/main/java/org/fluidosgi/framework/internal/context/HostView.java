package org.fluidosgi.framework.internal.context;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.internal.ContextElsewhere;
import org.fluidosgi.framework.internal.HostBundles;
import org.fluidosgi.framework.internal.LocalControl;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** Translates between what the host framework knows and what virtual bundles see.
 * Invariant: a view never wraps a view, and nothing that reaches the host is a view. Shape: a virtual host bundle is seen as its
 * {@link LocalVirtualBundle}, the host's system bundle as {@link SystemBundleView}, any other host bundle as itself.
 * Threads: any; the table of bundles is guarded by itself. */
public final class HostView {
  private final HostBundles bundles;
  private final AtomicReference<@Nullable SystemContext> systemContext = new AtomicReference<>();
  private final Map<Bundle, WeakReference<LocalVirtualBundle>> known = new WeakHashMap<>();
  private final GroupListeners groupListeners = new GroupListeners();

  /** A view of that host, for that group. */
  public HostView(HostBundles bundles) {
    this.bundles = bundles;
  }

  /** The bundles of the group. */
  HostBundles bundles() {
    return bundles;
  }

  /** The virtual bundle in front of that host bundle. The same object as before where there is one, so that contexts and the
   * listeners added through them outlive a re-numbering. */
  public LocalVirtualBundle wrap(Bundle host, LocalControl control) {
    synchronized (known) {
      LocalVirtualBundle old = lastKnown(host);
      if (old != null) {
        old.controlBy(control);
        return old;
      }
      LocalVirtualBundle bundle = new LocalVirtualBundle(host, control, this);
      known.put(host, new WeakReference<>(bundle));
      return bundle;
    }
  }

  /** The virtual bundle last seen in front of that host bundle, also after its removal. */
  public @Nullable LocalVirtualBundle lastKnown(Bundle host) {
    synchronized (known) {
      WeakReference<LocalVirtualBundle> reference = known.get(host);
      return reference == null ? null : reference.get();
    }
  }

  /** The virtual bundle in front of that host bundle; null when that is an ordinary one. */
  public @Nullable LocalVirtualBundle virtualOf(Bundle host) {
    return bundles.virtualOf(host) instanceof LocalVirtualBundle local ? local : null;
  }

  /** Whether a virtual bundle sees that host bundle among the bundles of its framework, or has seen it. */
  boolean shows(Bundle host) {
    return host.getBundleId() == 0
        || (bundles.isVirtual(host) ? !bundles.isInDoubt(host) : lastKnown(host) != null);
  }

  /** A context that acts here, with what this host's system bundle may do, in the name of a bundle of another node. */
  public ContextElsewhere contextOf(VirtualBundle elsewhere, Bundle system) {
    BundleContext raw = system.getBundleContext();
    if (raw == null) {
      throw new IllegalStateException("no context of " + elsewhere + ": this framework stops");
    }
    return new RemoteContext(elsewhere, new SystemBundleView(system, this), raw);
  }

  /** The group knows that bundle of this node now. */
  public void installed(VirtualBundle bundle) {
    BundleEvent event = new BundleEvent(BundleEvent.INSTALLED, bundle);
    groupListeners.tellAtOnce(event);
    bundles.tellInOrder(() -> groupListeners.tellOthers(event));
  }

  /** Who listens to what becomes of the group's bundles. */
  public GroupListeners groupListeners() {
    return groupListeners;
  }

  /** What virtual bundles see of the services that match a filter on ids of the group; {@code asker} may see all of them. */
  public ServiceReference<?> @Nullable [] services(String filter, BundleContext asker) {
    try {
      return references(asker.getAllServiceReferences(null, HostFilters.forHost(filter, bundles)));
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The virtual bundles here that use the service of that id in the group. */
  public List<VirtualBundle> users(long serviceId, BundleContext asker) {
    ServiceReference<?>[] found =
        services("(" + Constants.SERVICE_ID + "=" + serviceId + ")", asker);
    return found == null
        ? List.of()
        : Arrays.stream(found)
            .map(reference -> raw(reference).getUsingBundles())
            .filter(Objects::nonNull)
            .flatMap(Arrays::stream)
            .map(this::virtualOf)
            .<VirtualBundle>map(each -> each)
            .filter(Objects::nonNull)
            .distinct()
            .toList();
  }

  /** How a virtual bundle sees that host bundle. */
  public Bundle bundle(Bundle host) {
    if (host instanceof BundleView) {
      return host;
    }
    if (host.getBundleId() == 0) {
      return new SystemBundleView(host, this);
    }
    VirtualBundle virtual = bundles.virtualOf(host);
    VirtualBundle seen = virtual == null ? bundles.copied(host) : virtual;
    return seen == null ? host : seen;
  }

  /** The virtual system bundle's context, the same one while the host's is. */
  BundleContext systemContext(SystemBundleView bundle, BundleContext raw) {
    return systemContext.updateAndGet(
        last -> last != null && last.raw().equals(raw) ? last : new SystemContext(bundle, raw));
  }

  Bundle @Nullable [] bundles(Bundle @Nullable [] hosts) {
    return hosts == null ? null : Arrays.stream(hosts).map(this::bundle).toArray(Bundle[]::new);
  }

  /** The host bundle behind a view; a bundle of another node stays what it is. */
  static Bundle host(Bundle bundle) {
    return bundle instanceof BundleView view ? view.host() : bundle;
  }

  /** Host bundles behind the views, without bundles of other nodes, which mean nothing to the host. */
  static List<Bundle> hosts(Collection<Bundle> bundles) {
    return bundles.stream()
        .map(HostView::host)
        .filter(bundle -> !(bundle instanceof VirtualBundle))
        .toList();
  }

  <S> ServiceReference<S> reference(ServiceReference<S> reference) {
    return reference instanceof ReferenceView ? reference : new ReferenceView<>(reference, this);
  }

  ServiceReference<?> @Nullable [] references(ServiceReference<?> @Nullable [] references) {
    if (references == null) {
      return null;
    }
    ServiceReference<?>[] seen = new ServiceReference<?>[references.length];
    for (int i = 0; i < seen.length; i++) {
      seen[i] = reference(references[i]);
    }
    return seen;
  }

  static <S> ServiceReference<S> raw(ServiceReference<S> reference) {
    return reference instanceof ReferenceView<S> view ? view.raw() : reference;
  }
}
