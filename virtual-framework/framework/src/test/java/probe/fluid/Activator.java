package probe.fluid;

import org.fluidosgi.framework.internal.weave.Weaving;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Runs the woven half of the virtual framework, with the locations {@code virtual:*} as the group's bundles. */
public final class Activator implements BundleActivator {
  private Weaving weaving;

  @Override
  public void start(BundleContext context) {
    LocationBundles bundles = new LocationBundles(context);
    weaving = new Weaving(context, bundles);
    bundles.contexts(weaving);
    bundles.all();
  }

  @Override
  public void stop(BundleContext context) {
    weaving.close();
  }
}
