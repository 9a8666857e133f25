package org.fluidosgi.framework.internal.resources;

import static org.fluidosgi.framework.internal.core.Telling.tell;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;

/** Tells the group what the ordinary bundles of this host and its framework provide.
 * Invariant: what was told is the task queue's own, and every change passes it, so a record follows its bundle. Threads: any. */
public final class HostResources implements SynchronousBundleListener, Registration {
  private static final int CHANGES =
      BundleEvent.INSTALLED | BundleEvent.UPDATED | BundleEvent.UNINSTALLED;

  private final BundleContext context;
  private final Env env;
  private final Predicate<Bundle> virtual;

  /** Of each bundle told, by its record's name, the modification that was told. */
  private final Map<String, Long> told = new HashMap<>();

  private volatile @Nullable RegistryStore store;

  /** {@code virtual} knows the bundles that are told elsewhere, from inside their installation on. */
  public HostResources(BundleContext context, Env env, Predicate<Bundle> virtual) {
    this.context = context;
    this.env = env;
    this.virtual = virtual;
    context.addBundleListener(this);
  }

  /** Publishes to that store from now on, all there is first; null = withdraws all. */
  public void attach(@Nullable RegistryStore now) {
    RegistryStore last = store;
    store = now;
    env.execute(() -> {
      if (now == null && last != null) {
        told.keySet().forEach(name -> tell(() -> last.withdraw(Interest.RESOURCE, name)));
      }
      told.clear();
    });
    if (now != null) {
      for (Bundle bundle : context.getBundles()) {
        changed(bundle);
      }
    }
  }

  @Override
  public void bundleChanged(BundleEvent event) {
    if ((event.getType() & CHANGES) != 0) {
      changed(event.getBundle());
    }
  }

  private void changed(Bundle bundle) {
    if (store != null) {
      env.execute(() -> refresh(bundle));
    }
  }

  private void refresh(Bundle bundle) {
    RegistryStore to = store;
    if (to == null) {
      return;
    }
    String name = BundleResource.hostName(bundle);
    if (bundle.getState() == Bundle.UNINSTALLED || virtual.test(bundle)) {
      if (told.remove(name) != null) {
        tell(() -> to.withdraw(Interest.RESOURCE, name));
      }
      return;
    }
    long modified = bundle.getLastModified();
    Long before = told.put(name, modified);
    if (before == null || before != modified) {
      tell(() -> to.publish(BundleResource.ofHost(bundle)));
    }
  }

  @Override
  public void close() {
    context.removeBundleListener(this);
    attach(null);
  }
}
