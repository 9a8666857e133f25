package org.fluidosgi.framework.weave;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualBundleContext;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;

/** Entry points that the weaving hook puts into the classes of virtual bundles.
 * They are identity where there is nothing to wrap and while no virtual framework runs, and never throw.
 * Shape: woven code is static, so it can reach the framework only through this class. {@code BRIDGE} is no setting but a cache of
 * one service look-up: nobody can put a value in, a closed value is looked up again, and it belongs to this bundle's class loader,
 * of which every framework of the JVM has its own; it dies with that loader. Cost: a virtual context is recognised by one
 * {@code instanceof}; only a host context costs a call of the bridge.
 * Threads: any. Source: architecture section 3, starting a virtual bundle. */
public final class WovenCalls {
  private static final Logger LOG = System.getLogger("org.fluidosgi.framework");

  private static final @Nullable Bundle SELF = FrameworkUtil.getBundle(WovenCalls.class);
  private static final AtomicReference<@Nullable WovenBridge> BRIDGE = new AtomicReference<>();

  private WovenCalls() {}

  /** The virtual context for a virtual bundle's host context; any other context, and null, as it is. */
  public static @Nullable BundleContext wrap(@Nullable BundleContext context) {
    if (context == null || context instanceof VirtualBundleContext) {
      return context;
    }
    try {
      WovenBridge bridge = bridge();
      return bridge == null ? context : bridge.wrap(context);
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.DEBUG, "woven code keeps its host context", e);
      return context;
    }
  }

  /** Stands for {@code FrameworkUtil.getBundle(Class)}: the class' bundle as its context would give it. */
  public static @Nullable Bundle bundleOf(Class<?> type) {
    Bundle host = FrameworkUtil.getBundle(type);
    return host == null ? null : virtual(host);
  }

  /** Stands for {@code FrameworkUtil.getBundle(ClassLoader)}, on frameworks that have it. */
  public static Optional<Bundle> bundleOf(@Nullable ClassLoader loader) {
    return FrameworkUtil.getBundle(loader).map(WovenCalls::virtual);
  }

  /** The bundle as virtual bundles see it: what a hook, a class loader or a wiring gives is the host's; null as it is. */
  public static @Nullable Bundle seen(@Nullable Bundle bundle) {
    return bundle == null || bundle instanceof VirtualBundle ? bundle : virtual(bundle);
  }

  private static Bundle virtual(Bundle host) {
    try {
      WovenBridge bridge = bridge();
      return bridge == null ? host : bridge.virtual(host);
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.DEBUG, "woven code keeps its host bundle", e);
      return host;
    }
  }

  private static @Nullable WovenBridge bridge() {
    WovenBridge last = BRIDGE.get();
    if (last != null && last.isOpen()) {
      return last;
    }
    WovenBridge found = lookUp();
    if (found == null) {
      return last;
    }
    BRIDGE.set(found);
    return found;
  }

  private static @Nullable WovenBridge lookUp() {
    BundleContext context = SELF == null ? null : SELF.getBundleContext();
    if (context == null) {
      return null;
    }
    ServiceReference<?> reference = context.getServiceReference(WovenBridge.class.getName());
    // After an update without a refresh the service is of the new revision's class: then there is
    // no bridge for us.
    return reference != null && context.getService(reference) instanceof WovenBridge bridge
        ? bridge
        : null;
  }
}
