package org.fluidosgi.framework.internal.context;

import java.io.InputStream;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualBundleContext;
import org.fluidosgi.framework.VirtualFramework;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleRevision;

/** The context of a virtual bundle of this node.
 * An extender, which provides a capability of namespace {@code osgi.extender}, is shown the bundles of its node only: it acts in their name
 * and loads their classes, and each other node has an extender of its own for its bundles. Threads: as {@link BundleContext}. */
final class LocalVirtualContext extends ContextView implements VirtualBundleContext {
  private static final String EXTENDER = "osgi.extender";

  private final LocalVirtualBundle bundle;
  private final boolean extender;

  LocalVirtualContext(LocalVirtualBundle bundle, BundleContext raw) {
    super(bundle, raw);
    this.bundle = bundle;
    extender = isExtender(bundle.host());
  }

  private static boolean isExtender(Bundle host) {
    BundleRevision revision = host.adapt(BundleRevision.class);
    return revision != null && !revision.getDeclaredCapabilities(EXTENDER).isEmpty();
  }

  @Override
  boolean seesOtherNodes() {
    return !extender;
  }

  @Override
  public VirtualFramework getVirtualFramework() {
    return view().bundles().framework();
  }

  @Override
  public VirtualBundle installBundle(
      String location, @Nullable InputStream content, @Nullable String where)
      throws BundleException {
    return installOn(location, content, where);
  }

  @Override
  public VirtualBundle getBundle() {
    raw().getBundle(); // throws where the host does; Equinox answers after the end, too
    return bundle;
  }
}
