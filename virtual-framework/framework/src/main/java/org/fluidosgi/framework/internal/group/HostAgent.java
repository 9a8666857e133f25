package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fluidosgi.framework.spi.NodeAgent;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;

/** Acts on the framework that this bundle runs in. Threads: any; blocks as the framework does. */
final class HostAgent implements NodeAgent {
  private static final String[] FACTS = {
    "os.name", "os.version", "os.arch", "java.version", "java.vendor"
  };
  private final BundleContext context;

  HostAgent(BundleContext context) {
    this.context = context;
  }

  @Override
  public Map<String, Object> describe() {
    Map<String, Object> facts = new LinkedHashMap<>();
    for (String name : FACTS) {
      facts.put(name, String.valueOf(System.getProperty(name)));
    }
    facts.put("processors", Runtime.getRuntime().availableProcessors());
    facts.put("framework.vendor", String.valueOf(context.getProperty(Constants.FRAMEWORK_VENDOR)));
    Bundle system = context.getBundle(0);
    if (system != null) {
      facts.put("framework.name", String.valueOf(system.getSymbolicName()));
      facts.put("framework.version", system.getVersion().toString());
    }
    facts.put("fluid.version", context.getBundle().getVersion().toString());
    return facts;
  }

  @Override
  public long install(String location, Path content) throws BundleException {
    try (InputStream bytes = Files.newInputStream(content)) {
      return context.installBundle(location, bytes).getBundleId();
    } catch (IOException e) {
      throw new BundleException("content of " + location + " cannot be read: " + e, e);
    }
  }

  @Override
  public void start(long localId, int options) throws BundleException {
    bundle(localId).start(Bundle.START_TRANSIENT | (options & Bundle.START_ACTIVATION_POLICY));
  }

  @Override
  public void stop(long localId, int options) throws BundleException {
    bundle(localId).stop(Bundle.STOP_TRANSIENT);
  }

  @Override
  public void update(long localId, Path content) throws BundleException {
    try (InputStream bytes = Files.newInputStream(content)) {
      bundle(localId).update(bytes);
    } catch (IOException e) {
      throw new BundleException("content of bundle " + localId + " cannot be read: " + e, e);
    }
  }

  @Override
  public void uninstall(long localId) throws BundleException {
    bundle(localId).uninstall();
  }

  private Bundle bundle(long localId) throws BundleException {
    Bundle bundle = context.getBundle(localId);
    if (bundle == null) {
      throw new BundleException(
          "host bundle " + localId + " is not installed any more",
          BundleException.INVALID_OPERATION);
    }
    return bundle;
  }
}
