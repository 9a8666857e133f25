package org.fluidosgi.rsa.internal.hooks;

import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fluidosgi.rsa.FluidChannel;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.Version;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.framework.hooks.service.ListenerHook.ListenerInfo;
import org.osgi.service.remoteserviceadmin.RemoteConstants;

/** Hides an import from bundles that are wired to another major version of one of its interfaces' packages.
 * Invariant: only removes, never throws, leaves bundle 0 and our own bundle alone. Threads: any; reads the wiring only. */
public final class VersionHooks implements FindHook, EventListenerHook {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");

  private final long ownBundle;
  private final AtomicBoolean warned = new AtomicBoolean();

  private VersionHooks(long ownBundle) {
    this.ownBundle = ownBundle;
  }

  /** Registers the hooks for that bundle of ours. */
  public static ServiceRegistration<?> register(BundleContext context) {
    return context.registerService(
        new String[] {FindHook.class.getName(), EventListenerHook.class.getName()},
        new VersionHooks(context.getBundle().getBundleId()),
        null);
  }

  @Override
  public void find(
      BundleContext context,
      @Nullable String name,
      @Nullable String filter,
      boolean all,
      Collection<ServiceReference<?>> references) {
    guarded(() -> {
      Bundle requester = context.getBundle();
      if (isSpared(requester)) {
        return;
      }
      Map<String, Optional<Version>> seen = new HashMap<>();
      references.removeIf(reference -> isOurs(reference) && isHidden(reference, requester, seen));
    });
  }

  @Override
  public void event(ServiceEvent event, Map<BundleContext, Collection<ListenerInfo>> listeners) {
    guarded(() -> {
      ServiceReference<?> reference = event.getServiceReference();
      if (!isOurs(reference)) {
        return;
      }
      listeners.keySet().removeIf(context -> {
        Bundle listener = bundleOf(context);
        return listener != null
            && !isSpared(listener)
            && isHidden(reference, listener, new HashMap<>());
      });
    });
  }

  private static @Nullable Bundle bundleOf(BundleContext context) {
    try {
      return context.getBundle();
    } catch (IllegalStateException e) {
      return null; // stopped meanwhile
    }
  }

  private boolean isSpared(Bundle bundle) {
    return bundle.getBundleId() == 0 || bundle.getBundleId() == ownBundle;
  }

  private boolean isOurs(ServiceReference<?> reference) {
    Bundle bundle = reference.getBundle();
    return bundle != null
        && bundle.getBundleId() == ownBundle
        && reference.getProperty(FluidChannel.NODE) != null;
  }

  private static boolean isHidden(
      ServiceReference<?> reference, Bundle requester, Map<String, Optional<Version>> seen) {
    if (!(reference.getProperty(Constants.OBJECTCLASS) instanceof String[] interfaces)) {
      return false;
    }
    for (String name : interfaces) {
      String packageName = PackageVersions.packageOf(name);
      Object told = reference.getProperty(RemoteConstants.ENDPOINT_PACKAGE_VERSION_ + packageName);
      if (told instanceof String text) {
        Optional<Version> wired = seen.computeIfAbsent(
            packageName, p -> Optional.ofNullable(PackageVersions.seenBy(requester, p)));
        if (wired.isPresent()
            && !PackageVersions.compatible(Version.parseVersion(text), wired.get())) {
          return true;
        }
      }
    }
    return false;
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      if (warned.compareAndSet(false, true)) {
        LOG.log(Level.WARNING, "the version hook failed; services stay visible", e);
      }
    }
  }
}
