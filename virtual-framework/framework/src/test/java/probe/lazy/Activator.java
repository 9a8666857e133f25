package probe.lazy;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import probe.Seen;

/** The activator of a lazily activated bundle. */
public final class Activator implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    Seen.put(context, "lazy", context);
  }

  @Override
  public void stop(BundleContext context) {
    Seen.put(context, "lazyStop", context);
  }
}
