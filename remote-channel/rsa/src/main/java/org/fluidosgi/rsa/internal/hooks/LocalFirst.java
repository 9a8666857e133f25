package org.fluidosgi.rsa.internal.hooks;

import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Hashtable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.fluidosgi.rsa.FluidChannel;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.service.remoteserviceadmin.RemoteConstants;

/** Hides an import from a lookup that also finds a local service of the same or a higher ranking, whichever was registered
 * first. When that local service goes, the import is shown again to those who look at events only.
 * Shape: a service that says {@code fluid.rsa.prefer.local=false} is never hidden; whoever wants all asks for all ({@code getAllServiceReferences}), asks without a class and filter, or names a property of
 * imports in the filter. Invariant: never throws; leaves bundle 0 and Fluid's own bundles alone. Threads: any; no state. */
public final class LocalFirst implements FindHook, AllServiceListener {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");
  private static final String OWN_BUNDLES = "org.fluidosgi.";
  private static final List<String> ASK_FOR_IMPORTS =
      List.of(RemoteConstants.SERVICE_IMPORTED, "endpoint.", FluidChannel.CONFIG_TYPE);

  private final BundleContext own;
  private final Consumer<ServiceReference<?>> show;
  private final AtomicBoolean warned = new AtomicBoolean();

  /** Shape: {@code own} is our bundle's context; {@code show} makes the framework tell of an import as if it were modified. */
  public LocalFirst(BundleContext own, Consumer<ServiceReference<?>> show) {
    this.own = own;
    this.show = show;
  }

  /** Begins to be asked at every lookup. */
  public ServiceRegistration<FindHook> register() {
    return own.registerService(FindHook.class, this, new Hashtable<>());
  }

  @Override
  public void find(
      BundleContext context,
      @Nullable String name,
      @Nullable String filter,
      boolean all,
      Collection<ServiceReference<?>> references) {
    if (all || references.size() < 2 || name == null && filter == null || asksForImports(filter)) {
      return;
    }
    guarded(() -> {
      if (isSpared(context.getBundle())) {
        return;
      }
      List<ServiceReference<?>> locals =
          references.stream().filter(reference -> !isImported(reference)).toList();
      if (!locals.isEmpty()) {
        references.removeIf(reference -> canHide(reference)
            && locals.stream()
                .anyMatch(local ->
                    hides(local, reference) && (name != null || coversAll(local, reference))));
      }
    });
  }

  @Override
  public void serviceChanged(ServiceEvent event) {
    ServiceReference<?> gone = event.getServiceReference();
    if (event.getType() == ServiceEvent.UNREGISTERING && !isImported(gone)) {
      guarded(() -> showHiddenBy(gone));
    }
  }

  /** Shows the imports that nothing local hides any more: no others, for each is an event to every listener. */
  private void showHiddenBy(ServiceReference<?> gone) {
    Set<ServiceReference<?>> shown = new LinkedHashSet<>();
    try {
      for (String name : interfaces(gone)) {
        ServiceReference<?>[] all = own.getAllServiceReferences(name, null);
        List<ServiceReference<?>> present = all == null ? List.of() : List.of(all);
        List<ServiceReference<?>> locals = present.stream()
            .filter(reference -> !isImported(reference) && !reference.equals(gone))
            .toList();
        present.stream()
            .filter(reference -> canHide(reference)
                && hides(gone, reference)
                && locals.stream().noneMatch(local -> hides(local, reference)))
            .forEach(shown::add);
      }
      shown.forEach(show);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "our bundle stops, its imports end anyway", e);
    }
  }

  private static boolean asksForImports(@Nullable String filter) {
    return filter != null && ASK_FOR_IMPORTS.stream().anyMatch(filter::contains);
  }

  private boolean isSpared(Bundle requester) {
    String name = requester.getSymbolicName();
    return requester.getBundleId() == 0
        || requester.equals(own.getBundle())
        || name != null && name.startsWith(OWN_BUNDLES);
  }

  private boolean canHide(ServiceReference<?> reference) {
    return own.getBundle().equals(reference.getBundle())
        && reference.getProperty(FluidChannel.NODE) != null
        && !"false".equals(String.valueOf(reference.getProperty(FluidChannel.PREFER_LOCAL)));
  }

  private static boolean isImported(ServiceReference<?> reference) {
    return reference.getProperty(RemoteConstants.SERVICE_IMPORTED) != null;
  }

  private static boolean hides(ServiceReference<?> local, ServiceReference<?> imported) {
    return ranking(local) >= ranking(imported);
  }

  private static boolean coversAll(ServiceReference<?> local, ServiceReference<?> imported) {
    return interfaces(local).containsAll(interfaces(imported));
  }

  private static List<String> interfaces(ServiceReference<?> reference) {
    return reference.getProperty(Constants.OBJECTCLASS) instanceof String[] names
        ? List.of(names)
        : List.of();
  }

  private static int ranking(ServiceReference<?> reference) {
    return reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer ranking
        ? ranking
        : 0;
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      if (warned.compareAndSet(false, true)) {
        LOG.log(Level.WARNING, "preferring local services failed; imports stay visible", e);
      }
    }
  }
}
