package org.fluidosgi.framework.internal.group;

import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Set;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.fluidosgi.framework.spi.NodeAgent;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.bundle.CollisionHook;

/** Copies of bundles of other nodes on this host, so that their classes can be loaded here: installed, wired when they are first used, never
 * started. Invariant: none outlives the virtual framework or the last bundle of its content, and none stands in the way of a bundle of the same name
 * and version, nor the other way round, as long as the host lets hooks decide on that. Threads: any; guarded by this, but for the hook.
 * Source: core 55.4. */
final class Copies implements CollisionHook, Registration {
  /** Beginning of a copy's location; its SHA-256 follows. */
  private static final String LOCATION = "fluid-copy:";

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");

  private final BundleContext context;
  private final NodeAgent agent;
  private final ServiceRegistration<CollisionHook> hook;
  private volatile @Nullable Thread installer;

  Copies(BundleContext context, NodeAgent agent) {
    this.context = context;
    this.agent = agent;
    retain(Set.of()); // what an earlier run left
    hook = context.registerService(CollisionHook.class, this, null);
  }

  @Override
  public void filterCollisions(int operation, Bundle target, Collection<Bundle> collisions) {
    if (Thread.currentThread() == installer) {
      collisions.clear();
    } else {
      collisions.removeIf(Copies::isCopy);
    }
  }

  /** Whether that host bundle is one. */
  static boolean isCopy(Bundle host) {
    return host.getLocation().startsWith(LOCATION);
  }

  /** The content that a host bundle is a copy of; null when it is none. */
  static @Nullable String contentOf(Bundle host) {
    return isCopy(host) ? host.getLocation().substring(LOCATION.length()) : null;
  }

  /** The copy of that content; installed if it is not there yet. Errors: BundleException naming the cause, for example a host bundle of
   * the same name and version. */
  synchronized Bundle of(Content content) throws BundleException {
    String location = LOCATION + content.sha256();
    Bundle known = context.getBundle(location);
    if (known == null) {
      installer = Thread.currentThread();
      try {
        known = context.getBundle(agent.install(location, content.file()));
      } finally {
        installer = null;
      }
    }
    if (known == null) {
      throw new BundleException("the copy was uninstalled at once");
    }
    return known;
  }

  /** What that bundle of this host lacks to be resolved; empty when it is. */
  String missing(Bundle host) throws BundleException {
    return agent.resolve(host.getBundleId());
  }

  /** Removes those of other contents. */
  synchronized void retain(Set<String> hashes) {
    for (Bundle each : context.getBundles()) {
      String content = contentOf(each);
      if (content != null && !hashes.contains(content)) {
        try {
          agent.uninstall(each.getBundleId());
        } catch (BundleException | IllegalStateException e) {
          LOG.log(
              Level.WARNING,
              "{0} stays on the host, uninstall it: {1}",
              each.getLocation(),
              HostErrors.cause(e));
        }
      }
    }
  }

  @Override
  public void close() {
    retain(Set.of());
    try {
      hook.unregister();
    } catch (IllegalStateException e) {
      LOG.log(Level.TRACE, "gone already", e);
    }
  }
}
