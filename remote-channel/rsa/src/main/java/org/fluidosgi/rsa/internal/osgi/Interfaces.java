package org.fluidosgi.rsa.internal.osgi;

import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.rsa.internal.hooks.PackageVersions;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.Version;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** Finds the classes of interfaces: as a consumer sees them, as a local provider has them, as a service implements them.
 * Threads: any. */
public final class Interfaces {
  private Interfaces() {}

  /** What a proxy for one consumer is made of. */
  public record Found(List<Class<?>> classes, List<String> missing) {}

  /** Every interface of the endpoint: the consumer's own class first, else the one of the best local exporter of its package. */
  public static Found forConsumer(
      BundleContext context, Bundle consumer, EndpointDescription endpoint) {
    List<Class<?>> classes = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String name : endpoint.getInterfaces()) {
      Class<?> type = load(consumer, name);
      if (type == null) {
        type = fromProvider(context, name, endpoint);
      }
      if (type != null && type.isInterface()) {
        classes.add(type);
      } else {
        missing.add(name);
      }
    }
    return new Found(classes, missing);
  }

  static @Nullable Class<?> load(Bundle bundle, String name) {
    try {
      return bundle.loadClass(name);
    } catch (ClassNotFoundException | IllegalStateException | LinkageError e) {
      return null; // that bundle does not see it
    }
  }

  private static @Nullable Class<?> fromProvider(
      BundleContext context, String name, EndpointDescription endpoint) {
    String packageName = PackageVersions.packageOf(name);
    Version wanted = endpoint.getPackageVersion(packageName);
    Class<?> best = null;
    Version bestVersion = null;
    for (Bundle bundle : context.getBundles()) {
      BundleWiring wiring = bundle.adapt(BundleWiring.class);
      Version version = wiring == null ? null : PackageVersions.exportedBy(wiring, packageName);
      if (version == null
          || !PackageVersions.compatible(wanted, version)
          || bestVersion != null && version.compareTo(bestVersion) <= 0) {
        continue;
      }
      Class<?> type = load(bundle, name);
      if (type != null) {
        best = type;
        bestVersion = version;
      }
    }
    return best;
  }

  /** The exported interface as the registering bundle sees it, null when it does not. */
  static @Nullable Class<?> ofRegistrant(@Nullable Bundle registrant, String name) {
    return registrant == null ? null : load(registrant, name);
  }

  /** The class of that name that the service object extends or implements. */
  static @Nullable Class<?> ofService(Class<?> type, String name) {
    if (type.getName().equals(name)) {
      return type;
    }
    for (Class<?> one : type.getInterfaces()) {
      Class<?> found = ofService(one, name);
      if (found != null) {
        return found;
      }
    }
    return type.getSuperclass() == null ? null : ofService(type.getSuperclass(), name);
  }

  /** Version in which the package of that class is exported by the bundle that defines it; null when it is not. */
  public static @Nullable Version packageVersion(Class<?> type) {
    Bundle definer = FrameworkUtil.getBundle(type);
    BundleWiring wiring = definer == null ? null : definer.adapt(BundleWiring.class);
    return wiring == null
        ? null
        : PackageVersions.exportedBy(wiring, PackageVersions.packageOf(type.getName()));
  }
}
