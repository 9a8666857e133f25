package probe.uses;

import org.osgi.framework.BundleContext;
import probe.Seen;
import probe.lib.Base;
import probe.lib.Late;

/** Inherits its start from a library bundle, and needs that bundle while it stops. */
public final class Activator extends Base {
  @Override
  protected void begin(BundleContext context) {
    Seen.put(context, "first", first.get());
    Seen.put(context, "begin", context);
  }

  @Override
  protected void end(BundleContext context) {
    Seen.put(context, "end", Late.name());
    Seen.put(context, "endContext", context);
  }
}
