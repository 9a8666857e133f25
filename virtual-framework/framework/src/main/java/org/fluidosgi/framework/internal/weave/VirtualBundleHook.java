package org.fluidosgi.framework.internal.weave;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.framework.internal.HostBundles;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** Weaves the classes of virtual bundles as they are defined, and leaves all others alone.
 * Invariant: never throws, for both frameworks drop a hook that threw for good. Shape: a class that cannot be woven stays as it is, with one
 * warning per bundle; a woven one gets a dynamic import of the entry point's package from exactly this bundle. A bundle with its own
 * private copy of the OSGi API is left unwoven: its {@code BundleContext} is another class than ours.
 * Threads: any; the set of bundles warned about is concurrent and has one entry per failing virtual bundle.
 * Source: core 56.3, architecture section 3. */
final class VirtualBundleHook implements WeavingHook {
  static final String ENTRY_PACKAGE = "org.fluidosgi.framework.weave";
  private static final String API_PACKAGE = "org.osgi.framework";
  private static final Logger LOG = System.getLogger("org.fluidosgi.framework");

  private final HostBundles bundles;
  private final Bundle own;
  private final String dynamicImport;
  private final ClassWeaver weaver =
      new ClassWeaver(ENTRY_PACKAGE.replace('.', '/') + "/WovenCalls");
  private final Set<Long> warned = ConcurrentHashMap.newKeySet();

  VirtualBundleHook(Bundle own, HostBundles bundles) {
    this.own = own;
    this.bundles = bundles;
    this.dynamicImport = ENTRY_PACKAGE
        + ";bundle-symbolic-name=\"" + own.getSymbolicName()
        + "\";bundle-version=\"[" + own.getVersion() + "," + own.getVersion() + "]\"";
  }

  @Override
  @SuppressWarnings("CatchingUnchecked") // whatever it is, it must not reach the framework
  public void weave(WovenClass woven) {
    try {
      BundleWiring wiring = woven.getBundleWiring();
      Bundle host = wiring.getBundle();
      if (bundles.isVirtual(host) && !host.equals(own)) {
        weave(woven, wiring);
      }
    } catch (Throwable e) {
      report(woven, e);
    }
  }

  private void weave(WovenClass woven, BundleWiring wiring) {
    byte @Nullable [] bytes = weaver.weave(woven.getBytes());
    if (bytes == null || !usesOurApi(wiring)) {
      return;
    }
    List<String> imports = woven.getDynamicImports();
    if (!imports.contains(dynamicImport)) {
      imports.add(dynamicImport);
    }
    woven.setBytes(bytes);
  }

  private static boolean usesOurApi(BundleWiring wiring) {
    List<BundleWire> wires = wiring.getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE);
    if (wires != null) {
      for (BundleWire wire : wires) {
        if (API_PACKAGE.equals(
            wire.getCapability().getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE))) {
          return wire.getProvider().getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID;
        }
      }
    }
    // No wire: Require-Bundle, a dynamic import or boot delegation lead to the framework's API,
    // content of its own does not.
    return wiring
        .listResources(
            API_PACKAGE.replace('.', '/'), "BundleContext.class", BundleWiring.LISTRESOURCES_LOCAL)
        .isEmpty();
  }

  private void report(WovenClass woven, Throwable error) {
    try {
      Bundle host = woven.getBundleWiring().getBundle();
      Level level = warned.add(host.getBundleId()) ? Level.WARNING : Level.DEBUG;
      LOG.log(
          level,
          "class " + woven.getClassName() + " of bundle " + host
              + " stays unwoven and sees the host's context instead of the group's; further ones of this bundle at DEBUG",
          error);
    } catch (Throwable e) {
      LOG.log(Level.DEBUG, "failure of the weaving hook not reported", e);
    }
  }
}
