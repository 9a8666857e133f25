package org.fluidosgi.framework.internal.weave;

import org.osgi.framework.BundleContext;

/** Keeps what its constructor saw. */
public class SampleBase {
  public final String base;

  protected SampleBase(BundleContext context) {
    base = context == null ? "none" : context.getProperty("");
  }
}
