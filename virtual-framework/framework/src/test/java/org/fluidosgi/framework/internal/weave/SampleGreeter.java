package org.fluidosgi.framework.internal.weave;

import org.osgi.framework.BundleContext;

/** A default method of an interface and a static one. */
public interface SampleGreeter {
  default String greet(BundleContext context) {
    return "default " + context.getProperty("");
  }

  static String hail(BundleContext context) {
    return "static " + context.getProperty("");
  }
}
