package org.fluidosgi.topology.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;
import org.osgi.service.remoteserviceadmin.EndpointListener;
import org.osgi.service.remoteserviceadmin.RemoteConstants;

/** A framework with empty bundles, whose contexts stand for discovery providers and others. */
final class TestFramework implements AutoCloseable {
  private final Framework framework;

  TestFramework(Path storage, Map<String, String> settings) throws BundleException {
    Map<String, String> all = new java.util.HashMap<>(settings);
    all.put("org.osgi.framework.storage", storage.toString());
    all.put("felix.log.level", "1");
    framework = new FrameworkFactory().newFramework(all);
    framework.start();
  }

  BundleContext context() {
    return framework.getBundleContext();
  }

  Bundle bundle(String name) throws BundleException, IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Bundle-ManifestVersion", "2");
    main.putValue("Bundle-SymbolicName", name);
    ByteArrayOutputStream jar = new ByteArrayOutputStream();
    new JarOutputStream(jar, manifest).close();
    Bundle bundle =
        context().installBundle("test:" + name, new ByteArrayInputStream(jar.toByteArray()));
    bundle.start();
    return bundle;
  }

  /** The topology manager's listener as that bundle sees it. */
  static EndpointEventListener listener(Bundle discovery) {
    BundleContext context = discovery.getBundleContext();
    return (EndpointEventListener)
        context.getService(context.getServiceReference(EndpointEventListener.class.getName()));
  }

  static EndpointListener oldListener(Bundle discovery) {
    BundleContext context = discovery.getBundleContext();
    ServiceReference<?> reference = context.getServiceReference(EndpointListener.class.getName());
    return (EndpointListener) context.getService(reference);
  }

  static Dictionary<String, Object> properties(Object... pairs) {
    Dictionary<String, Object> properties = new Hashtable<>();
    for (int i = 0; i < pairs.length; i += 2) {
      properties.put((String) pairs[i], pairs[i + 1]);
    }
    return properties;
  }

  /** An endpoint of another framework. */
  static EndpointDescription endpoint(String id, Object... pairs) {
    Map<String, Object> all = new java.util.HashMap<>();
    all.put(RemoteConstants.ENDPOINT_ID, id);
    all.put("objectClass", new String[] {"some.Service"});
    all.put(RemoteConstants.SERVICE_IMPORTED_CONFIGS, "fake");
    all.put(RemoteConstants.ENDPOINT_FRAMEWORK_UUID, "another-framework");
    for (int i = 0; i < pairs.length; i += 2) {
      all.put((String) pairs[i], pairs[i + 1]);
    }
    return new EndpointDescription(all);
  }

  @Override
  public void close() throws Exception {
    framework.stop();
    framework.waitForStop(10_000);
  }
}
