package org.fluidosgi.framework.internal.weave;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualBundleContext;
import org.fluidosgi.framework.internal.ContextElsewhere;
import org.fluidosgi.framework.internal.HostBundles;
import org.fluidosgi.framework.internal.LocalControl;
import org.fluidosgi.framework.internal.VirtualContexts;
import org.fluidosgi.framework.internal.context.HostView;
import org.fluidosgi.framework.internal.context.LocalVirtualBundle;
import org.fluidosgi.framework.weave.WovenBridge;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/** The woven half of the virtual framework, from its making until it is closed.
 * Closing takes the hook back; bundles that still run keep the virtual contexts they have, so that what they began through one they can end
 * through it, and get no new ones.
 * Threads: any; the registrations are guarded by this. */
public final class Weaving implements VirtualContexts {
  private static final Logger LOG = System.getLogger("org.fluidosgi.framework");

  private final BundleContext own;
  private final HostView view;
  private final Deque<ServiceRegistration<?>> registrations = new ArrayDeque<>();
  private volatile boolean open = true;

  /** Registers the hook; to be done before any virtual bundle starts. */
  public Weaving(BundleContext own, HostBundles bundles) {
    this.own = own;
    view = new HostView(bundles);
    synchronized (this) {
      registrations.push(own.registerService(WovenBridge.class, new Bridge(), null));
      registrations.push(own.registerService(
          WeavingHook.class, new VirtualBundleHook(own.getBundle(), bundles), null));
    }
  }

  @Override
  public VirtualBundle wrap(Bundle host, LocalControl control) {
    boolean first = view.lastKnown(host) == null;
    VirtualBundle bundle = view.wrap(host, control);
    if (first && (host.getState() & (Bundle.ACTIVE | Bundle.STARTING)) != 0 && !isWoven(host)) {
      refresh(host, bundle);
    }
    return bundle;
  }

  /** Whether a class of it has called us. */
  private boolean isWoven(Bundle host) {
    BundleWiring theirs = host.adapt(BundleWiring.class);
    BundleWiring ours = own.getBundle().adapt(BundleWiring.class);
    List<BundleWire> wires =
        theirs == null ? null : theirs.getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE);
    return wires != null
        && wires.stream()
            .anyMatch(wire -> wire.getProviderWiring() == ours
                && VirtualBundleHook.ENTRY_PACKAGE.equals(
                    wire.getCapability().getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE)));
  }

  /** Felix restarts what a refresh of ours took along in any order, so a virtual bundle may run before us, unwoven: its classes
   * are loaded, only a refresh of its own replaces them. The host does it on a thread of its own. */
  private void refresh(Bundle host, VirtualBundle bundle) {
    FrameworkWiring wiring = own.getBundle(Constants.SYSTEM_BUNDLE_ID).adapt(FrameworkWiring.class);
    LOG.log(
        Level.INFO,
        "{0} runs since before the virtual framework: refreshed, to start with its virtual context",
        bundle);
    wiring.refreshBundles(List.of(host));
  }

  @Override
  public VirtualBundleContext contextOf(Bundle host) {
    LocalVirtualBundle bundle = view.virtualOf(host);
    VirtualBundleContext context = bundle == null ? null : bundle.getBundleContext();
    if (context == null) {
      throw new IllegalStateException("no virtual context for " + host
          + (bundle == null ? ": not a virtual bundle of this node" : ": not started"));
    }
    return context;
  }

  @Override
  public ContextElsewhere contextOf(VirtualBundle elsewhere) {
    return view.contextOf(elsewhere, own.getBundle(Constants.SYSTEM_BUNDLE_ID));
  }

  @Override
  public BundleContext systemContext() {
    BundleContext context =
        view.bundle(own.getBundle(Constants.SYSTEM_BUNDLE_ID)).getBundleContext();
    if (context == null) {
      throw new IllegalStateException("the host framework has stopped");
    }
    return context;
  }

  @Override
  public ServiceReference<?> @Nullable [] services(String filter) {
    return view.services(filter, own);
  }

  @Override
  public List<VirtualBundle> users(long serviceId) {
    return view.users(serviceId, own);
  }

  @Override
  public void installed(VirtualBundle bundle) {
    view.installed(bundle);
  }

  @Override
  public void tell(BundleEvent event) {
    view.groupListeners().tell(event);
  }

  @Override
  public void close() {
    open = false;
    while (true) {
      ServiceRegistration<?> registration;
      synchronized (this) {
        registration = registrations.poll();
      }
      if (registration == null) {
        return;
      }
      try {
        registration.unregister();
      } catch (IllegalStateException e) {
        // gone with our bundle already: what we want
        continue;
      }
    }
  }

  private final class Bridge implements WovenBridge {
    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public BundleContext wrap(BundleContext context) {
      Bundle host = context.getBundle();
      @Nullable LocalVirtualBundle bundle = open ? view.virtualOf(host) : view.lastKnown(host);
      if (bundle == null) {
        return context;
      }
      return open ? bundle.wrap(context) : bundle.given(context);
    }

    @Override
    public Bundle virtual(Bundle host) {
      if (open) {
        return view.bundle(host);
      }
      @Nullable LocalVirtualBundle bundle = view.lastKnown(host);
      return bundle == null ? host : bundle;
    }
  }
}
