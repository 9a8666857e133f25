package example.trends.client;

import example.trends.api.TrendService;
import java.util.Dictionary;
import java.util.Hashtable;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;

/** Follows the trend service and registers the commands, which the framework takes back at stop. */
@Header(name = "Bundle-Activator", value = "${@class}")
public final class Activator implements BundleActivator {
  /** Services come and go; one that is just being started is worth waiting for. */
  private static final long PATIENCE_MILLIS = 5_000;

  private @Nullable ServiceTracker<TrendService, TrendService> trends;

  @Override
  public void start(BundleContext context) {
    ServiceTracker<TrendService, TrendService> tracker =
        new ServiceTracker<>(context, TrendService.class, null);
    tracker.open();
    trends = tracker;

    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put("osgi.command.scope", "trends");
    properties.put(
        "osgi.command.function", new String[] {"top", "regions", "mention", "follow", "source"});
    context.registerService(
        TrendCommands.class,
        new TrendCommands(
            () -> tracker.waitForService(PATIENCE_MILLIS),
            failed -> other(tracker, failed),
            tracker::getServiceReference),
        properties);
  }

  /** The best service but the one that failed, which may be tracked a little longer. */
  private static @Nullable TrendService other(
      ServiceTracker<TrendService, TrendService> tracker, TrendService failed) {
    return tracker.getTracked().values().stream()
        .filter(each -> each != failed)
        .findFirst()
        .orElse(null);
  }

  @Override
  public void stop(BundleContext context) {
    if (trends != null) {
      trends.close();
      trends = null;
    }
  }
}
