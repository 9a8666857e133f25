package org.fluidosgi.clusterinfo.internal;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.Settings;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.clusterinfo.FrameworkManager;
import org.osgi.service.clusterinfo.FrameworkNodeStatus;
import org.osgi.service.clusterinfo.NodeStatus;

/** The status of this node as a service: exported, so every node of the group has one for every member.
 * Threads: any. Source: chapter 148. */
final class NodeStatusService implements Registration {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.clusterinfo");
  private static final String PREFIX = "osgi.clusterinfo.";

  /** What an administrator may say of the node, {@code fluid.node.<name>}. */
  private static final List<String> TOLD =
      List.of("parent", "vendor", "version", "country", "location", "region", "zone");

  /** Names of chapter 148 and of the framework properties they show. */
  private static final Map<String, String> FRAMEWORK = Map.of(
      Constants.FRAMEWORK_VERSION,
      Constants.FRAMEWORK_VERSION,
      Constants.FRAMEWORK_PROCESSOR,
      Constants.FRAMEWORK_PROCESSOR,
      "org.osgi.framework.os_name",
      Constants.FRAMEWORK_OS_NAME,
      "java.version",
      "java.version",
      "java.runtime.version",
      "java.runtime.version",
      "java.specification.version",
      "java.specification.version",
      "java.vm.version",
      "java.vm.version");

  private final BundleContext context;
  private final LocalNode node;
  private final ServiceRegistration<?> registration;
  private final TagTracker tags;
  private final AtomicInteger asked = new AtomicInteger();

  private NodeStatusService(BundleContext context, LocalNode node) {
    this.context = context;
    this.node = node;
    BundleContext system = context.getBundle(0).getBundleContext();
    tags = new TagTracker(
        context, List.of(node.settings().text("fluid.node.tags", "").split(",")));
    registration = context.registerService(
        new String[] {
          FrameworkNodeStatus.class.getName(),
          NodeStatus.class.getName(),
          FrameworkManager.class.getName()
        },
        new FrameworkStatus(system),
        properties());
  }

  /** Registers the status; closing takes it back. */
  static Registration open(BundleContext context, LocalNode node) {
    NodeStatusService service = new NodeStatusService(context, node);
    service.tags.open(service::refresh);
    return service;
  }

  /** One at a time, and once more if asked meanwhile: the last properties are those that stay. */
  private void refresh() {
    if (asked.getAndIncrement() > 0) {
      return;
    }
    int seen;
    do {
      seen = asked.get();
      try {
        registration.setProperties(properties());
      } catch (IllegalStateException e) {
        LOG.log(System.Logger.Level.DEBUG, "the node status was unregistered meanwhile", e);
      }
    } while (!asked.compareAndSet(seen, 0));
  }

  private Dictionary<String, Object> properties() {
    Settings settings = node.settings();
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put("service.exported.interfaces", "*");
    // Every node has one of its own; those of the others must be seen beside it.
    properties.put("fluid.rsa.prefer.local", false);
    properties.put("fluid.scope", "group"); // beyond the node's region
    properties.put("fluid.node", node.info().id().toString());
    properties.put("fluid.name", node.info().name());
    properties.put(PREFIX + "id", context.getProperty(Constants.FRAMEWORK_UUID));
    properties.put(PREFIX + "cluster", settings.text("fluid.cluster.name", "fluid"));
    properties.put(PREFIX + "endpoint", new String[] {node.info().address().toString()});
    for (String name : TOLD) {
      settings.text("fluid.node." + name).ifPresent(told -> properties.put(PREFIX + name, told));
    }
    properties.put(PREFIX + "tags", tags.all());
    FRAMEWORK.forEach((name, key) -> {
      String value = context.getProperty(key);
      if (value != null) {
        properties.put(name, value);
      }
    });
    return properties;
  }

  @Override
  public void close() {
    tags.close();
    registration.unregister();
  }
}
