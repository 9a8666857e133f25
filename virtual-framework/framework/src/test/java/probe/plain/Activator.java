package probe.plain;

import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleReference;
import org.osgi.framework.FrameworkUtil;
import org.osgi.util.tracker.ServiceTracker;
import probe.Seen;

/** An ordinary activator that looks at its context in every usual way. */
public final class Activator implements BundleActivator {
  private ServiceTracker<Callable<?>, Callable<?>> tracker;

  @Override
  public void start(BundleContext context) throws Exception {
    Seen.put(context, "start", context);
    Seen.put(context, "util", FrameworkUtil.getBundle(Activator.class));
    Seen.put(context, "again", FrameworkUtil.getBundle(Activator.class).getBundleContext());
    Function<Class<?>, Bundle> reference = FrameworkUtil::getBundle;
    Seen.put(context, "reference", reference.apply(Activator.class));
    Seen.put(context, "loader", ((BundleReference) Activator.class.getClassLoader()).getBundle());
    Consumer<BundleContext> lambda = given -> Seen.put(given, "lambda", given);
    lambda.accept(context);
    new Inner(context);
    Callable<?> echo = () -> Optional.of(FrameworkUtil.getBundle(Activator.class))
        .map(Bundle::getBundleContext)
        .get();
    context.registerService(Callable.class, echo, new Hashtable<>(Map.of("probe", "echo")));
    tracker = new ServiceTracker<>(context, context.createFilter("(probe=echo)"), null);
    tracker.open();
    Seen.put(context, "trackedReference", tracker.getServiceReference());
    Seen.put(context, "trackedService", tracker.getService());
    Seen.put(context, "registeredService", echo);
  }

  @Override
  public void stop(BundleContext context) throws Exception {
    Seen.put(context, "stop", context);
    tracker.close();
  }

  private static final class Inner {
    Inner(BundleContext context) {
      Seen.put(context, "inner", context);
    }
  }
}
