package org.fluidosgi.rsa.internal.hooks;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** Which version of a package a bundle sees. Threads: any. */
public final class PackageVersions {
  private PackageVersions() {}

  /** The version of that package to which the bundle is wired, by an import, a required bundle or its own export; null when
   * it is not wired to it. */
  public static @Nullable Version seenBy(Bundle bundle, String packageName) {
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    if (wiring == null) {
      return null;
    }
    for (BundleWire wire :
        nullToEmpty(wiring.getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE))) {
      if (packageName.equals(
          wire.getCapability().getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE))) {
        return version(wire.getCapability());
      }
    }
    for (BundleWire wire : nullToEmpty(wiring.getRequiredWires(BundleNamespace.BUNDLE_NAMESPACE))) {
      Version version = wire.getProviderWiring() == null
          ? null
          : exportedBy(wire.getProviderWiring(), packageName);
      if (version != null) {
        return version;
      }
    }
    return exportedBy(wiring, packageName);
  }

  /** The version in which that wiring exports the package, null when it does not. */
  public static @Nullable Version exportedBy(BundleWiring wiring, String packageName) {
    Version best = null;
    for (BundleCapability capability :
        nullToEmpty(wiring.getCapabilities(PackageNamespace.PACKAGE_NAMESPACE))) {
      if (packageName.equals(capability.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE))) {
        Version version = version(capability);
        best = best == null || version.compareTo(best) > 0 ? version : best;
      }
    }
    return best;
  }

  private static Version version(BundleCapability capability) {
    return capability.getAttributes().get(PackageNamespace.CAPABILITY_VERSION_ATTRIBUTE)
            instanceof Version version
        ? version
        : Version.emptyVersion;
  }

  private static <T> List<T> nullToEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list; // a wiring that is no longer in use gives null
  }

  /** Whether a proxy of that endpoint version fits a bundle which sees the other: same major, or no version told. */
  public static boolean compatible(Version endpoint, Version seen) {
    return endpoint.equals(Version.emptyVersion) || endpoint.getMajor() == seen.getMajor();
  }

  /** Package of a class name, empty for none. */
  public static String packageOf(String className) {
    int dot = className.lastIndexOf('.');
    return dot < 0 ? "" : className.substring(0, dot);
  }
}
