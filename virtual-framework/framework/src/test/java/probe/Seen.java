package probe;

import java.util.Collection;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Puts what a probe bundle saw into the test's map; every probe bundle has a copy of this class. */
public final class Seen {
  private Seen() {}

  @SuppressWarnings({"unchecked", "rawtypes"})
  public static void put(BundleContext context, String key, Object value) {
    try {
      Collection<ServiceReference<Map>> maps =
          context.getServiceReferences(Map.class, "(probe=seen)");
      context.getService(maps.iterator().next()).merge(key, value, (old, next) -> "again");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
