package org.fluidosgi.framework.internal;

import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.VirtualBundleContext;

/** The context of a bundle of another node, on this node, for one run of that bundle. Closing ends what was begun through it here. */
public interface ContextElsewhere extends VirtualBundleContext, Registration {
  /** From now on it refuses and tells nothing; does not block. */
  void invalidate();
}
