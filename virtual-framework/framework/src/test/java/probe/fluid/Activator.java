package probe.fluid;

import java.util.Hashtable;
import java.util.Map;
import java.util.function.Consumer;
import org.fluidosgi.framework.internal.weave.Weaving;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;

/** Runs the woven half of the virtual framework, with the locations {@code virtual:*} as the group's bundles. */
public final class Activator implements BundleActivator {
  private Weaving weaving;

  @Override
  public void start(BundleContext context) {
    LocationBundles bundles = new LocationBundles(context);
    weaving = new Weaving(context, bundles);
    bundles.contexts(weaving);
    bundles.all();
    Consumer<BundleEvent> tell = weaving::tell;
    context.registerService(Consumer.class, tell, new Hashtable<>(Map.of("probe", "tell")));
  }

  @Override
  public void stop(BundleContext context) {
    weaving.close();
  }
}
