package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.framework.spi.NodeAgent;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;

/** Acts on the framework that this bundle runs in. Threads: any; blocks as the framework does. */
final class HostAgent implements NodeAgent {
  private static final String[] FACTS = {"os.version", "java.version", "java.vendor"};
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
    facts.put("os.name", aliases("osgi.native.osname", "os.name"));
    facts.put("os.arch", aliases("osgi.native.processor", "os.arch"));
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

  /** All names that the framework has for it (core chapter 8), or the one that Java has. */
  private List<String> aliases(String attribute, String property) {
    Bundle system = context.getBundle(0);
    BundleRevision revision = system == null ? null : system.adapt(BundleRevision.class);
    if (revision != null) {
      for (BundleCapability each : revision.getDeclaredCapabilities("osgi.native")) {
        if (each.getAttributes().get(attribute) instanceof List<?> names) {
          return names.stream().map(String::valueOf).toList();
        }
      }
    }
    return List.of(String.valueOf(System.getProperty(property)));
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
  public String resolve(long localId) throws BundleException {
    Bundle bundle = bundle(localId);
    Bundle system = context.getBundle(0);
    FrameworkWiring wiring = system == null ? null : system.adapt(FrameworkWiring.class);
    if (wiring == null || wiring.resolveBundles(List.of(bundle))) {
      return "";
    }
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    List<String> missing = new ArrayList<>();
    if (revision != null) {
      for (BundleRequirement each : revision.getDeclaredRequirements(null)) {
        Map<String, String> directives = each.getDirectives();
        boolean needed = !"optional".equals(directives.get("resolution"))
            && !"active".equals(directives.get("effective"));
        if (needed && wiring.findProviders(each).isEmpty()) {
          missing.add(each.getNamespace() + "; " + directives.getOrDefault("filter", ""));
        }
      }
    }
    return missing.isEmpty()
        ? "what it requires is there, but not together (uses constraints, or what a provider requires): start it to see"
        : "nothing provides " + String.join(", ", missing);
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
