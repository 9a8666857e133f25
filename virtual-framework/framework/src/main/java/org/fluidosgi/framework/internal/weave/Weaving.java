package org.fluidosgi.framework.internal.weave;

import java.util.ArrayDeque;
import java.util.Deque;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualBundleContext;
import org.fluidosgi.framework.internal.HostBundles;
import org.fluidosgi.framework.internal.LocalControl;
import org.fluidosgi.framework.internal.VirtualContexts;
import org.fluidosgi.framework.internal.context.HostView;
import org.fluidosgi.framework.internal.context.LocalVirtualBundle;
import org.fluidosgi.framework.weave.WovenBridge;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.weaving.WeavingHook;

/** The woven half of the virtual framework, from its making until it is closed.
 * Closing takes the hook back; bundles that still run keep the virtual contexts they have, so that what they began through one they can end
 * through it, and get no new ones.
 * Threads: any; the registrations are guarded by this. */
public final class Weaving implements VirtualContexts {
  private final HostView view;
  private final Deque<ServiceRegistration<?>> registrations = new ArrayDeque<>();
  private volatile boolean open = true;

  /** Registers the hook; to be done before any virtual bundle starts. */
  public Weaving(BundleContext own, HostBundles bundles) {
    view = new HostView(bundles);
    synchronized (this) {
      registrations.push(own.registerService(WovenBridge.class, new Bridge(), null));
      registrations.push(own.registerService(
          WeavingHook.class, new VirtualBundleHook(own.getBundle(), bundles), null));
    }
  }

  @Override
  public VirtualBundle wrap(Bundle host, LocalControl control) {
    return view.wrap(host, control);
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
