package org.fluidosgi.framework.internal.weave;

import java.lang.reflect.Proxy;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Stands in for the entry point: a wrapped context is told by its property, and wrapping is idempotent. */
public final class Entry {
  private Entry() {}

  /** A context whose only answer is that property. */
  public static BundleContext context(String property) {
    return (BundleContext) Proxy.newProxyInstance(
        Entry.class.getClassLoader(),
        new Class<?>[] {BundleContext.class},
        (proxy, method, arguments) -> property);
  }

  public static BundleContext wrap(BundleContext context) {
    return context == null || context.getProperty("").startsWith("wrapped")
        ? context
        : context("wrapped " + context.getProperty(""));
  }

  public static Bundle bundleOf(Class<?> type) {
    return (Bundle) Proxy.newProxyInstance(
        Entry.class.getClassLoader(),
        new Class<?>[] {Bundle.class},
        (proxy, method, arguments) ->
            method.getReturnType() == BundleContext.class ? context("raw") : "virtual");
  }

  /** A bundle with a name of its own: whoever asks for it was led here. */
  public static Bundle seen(Bundle bundle) {
    return bundleOf(Entry.class);
  }

  public static Optional<Bundle> bundleOf(ClassLoader loader) {
    return Optional.of(bundleOf(Entry.class));
  }
}
