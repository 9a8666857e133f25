package probe.lib;

import java.util.concurrent.atomic.AtomicReference;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A library's activator superclass. */
public abstract class Base implements BundleActivator {
  protected final AtomicReference<Object> first = new AtomicReference<>();

  @Override
  public final void start(BundleContext context) throws Exception {
    first.set(context);
    begin(context);
  }

  @Override
  public final void stop(BundleContext context) throws Exception {
    end(context);
  }

  protected abstract void begin(BundleContext context) throws Exception;

  protected abstract void end(BundleContext context) throws Exception;
}
