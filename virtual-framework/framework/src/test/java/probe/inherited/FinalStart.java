package probe.inherited;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import probe.Seen;

/** An activator whose start and stop cannot be overridden. */
public abstract class FinalStart implements BundleActivator {
  protected BundleContext kept;

  @Override
  public final void start(BundleContext context) {
    kept = context;
    Seen.put(context, "final", context);
    begin(context);
  }

  @Override
  public final void stop(BundleContext context) {
    Seen.put(context, "finalStop", context);
  }

  protected abstract void begin(BundleContext context);
}
