package probe.ds;

import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.ComponentContext;
import probe.Seen;

/** A component that is given its context in every way Declarative Services know. */
public final class Component implements Runnable {
  private BundleContext field;
  private final BundleContext constructed;

  public Component(BundleContext context) {
    constructed = context;
  }

  public void activate(ComponentContext component, BundleContext method, Map<String, Object> all) {
    Seen.put(method, "dsMethod", method);
    Seen.put(method, "dsConstructor", constructed);
    Seen.put(method, "dsField", field);
    Seen.put(method, "dsComponent", component.getBundleContext());
  }

  @Override
  public void run() {}
}
