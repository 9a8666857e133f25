package probe.inherited;

import org.osgi.framework.BundleContext;
import probe.Seen;

/** Inherits its start. */
public final class Activator extends FinalStart {
  @Override
  protected void begin(BundleContext context) {
    Seen.put(context, "begin", context);
    Seen.put(context, "kept", kept);
  }
}
