package example.trends.provider;

import static java.nio.charset.StandardCharsets.UTF_8;

import example.trends.api.TrendService;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.util.Dictionary;
import java.util.Hashtable;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Registers the trend service of the bundle's data file. */
@Header(name = "Bundle-Activator", value = "${@class}")
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"example.trends.api.TrendService\"")
public final class Activator implements BundleActivator {
  private static final String DATA = "data/trends.csv";

  private @Nullable FileTrendService service;
  private @Nullable ServiceRegistration<TrendService> registration;

  @Override
  public void start(BundleContext context) throws IOException {
    URL data = context.getBundle().getEntry(DATA);
    if (data == null) {
      throw new FileNotFoundException("the bundle holds no " + DATA);
    }
    FileTrendService trends;
    try (BufferedReader rows =
        new BufferedReader(new InputStreamReader(data.openStream(), UTF_8))) {
      trends = new FileTrendService(rows);
    }
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put("trends.source", "file");
    properties.put("regions", trends.regions().stream().sorted().toArray(String[]::new));
    service = trends;
    registration = context.registerService(TrendService.class, trends, properties);
  }

  @Override
  public void stop(BundleContext context) {
    if (registration != null) {
      registration.unregister();
    }
    if (service != null) {
      service.close();
    }
    registration = null;
    service = null;
  }
}
