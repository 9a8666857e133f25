package org.fluidosgi.framework.internal.weave;

import org.osgi.framework.BundleContext;

/** A class of elsewhere that gives a host context; never woven. */
public final class Raw {
  private Raw() {}

  public static BundleContext given() {
    return Entry.context("raw");
  }
}
