package org.fluidosgi.framework.internal.resources;

import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.registry.Attributes;
import org.fluidosgi.registry.Clause;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryStore;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/** What a bundle provides and requires, as a record: published once per content, since a bundle's state changes more often.
 * Threads: one builder per record. Source: protocol-framework section 4. */
public final class BundleResource {
  /** Namespace of a bundle's content, by its SHA-256. */
  public static final String CONTENT = "osgi.content";

  /** What the names of the records of ordinary host bundles begin with; the bundle's id on its host follows. */
  static final String HOST = "host/";

  /** Most bytes of clauses and keys in one record; what goes beyond is left out. */
  static final int BYTES_MAX = 192 * 1024;

  /** Most keys of one record; further capabilities are found by the store's own index. */
  static final int KEYS_MAX = 512;

  /** Directives that say who may be wired; {@code uses} is for the resolver, and long. */
  private static final Set<String> DIRECTIVES =
      Set.of("effective", "mandatory", "filter", "resolution", "cardinality");

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");

  private final Bundle host;
  private final Set<String> keys = new LinkedHashSet<>();
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private final List<Clause> capabilities = new ArrayList<>();
  private final List<Clause> requirements = new ArrayList<>();
  private int room = BYTES_MAX;
  private int leftOut;

  private BundleResource(Bundle host) {
    this.host = host;
    String name = host.getSymbolicName();
    if (name != null) {
      keys.add("bsn:" + name);
    }
    attributes.put("bsn", name == null ? "" : name);
    attributes.put("version", host.getVersion());
  }

  /** The record of a virtual bundle: what it provides and requires, and its content. */
  public static Publication ofVirtual(VirtualId id, Bundle host, String sha256, long size) {
    BundleResource resource = new BundleResource(host);
    resource.attributes.put("id", id.toLong());
    resource.attributes.put("sha256", sha256);
    resource.keys.add("sha256:" + sha256);
    resource.add(
        new Clause(CONTENT, Map.of(CONTENT, sha256, "size", size), Map.of()),
        resource.capabilities);
    resource.addDeclared(true);
    return resource.publication(id.toString());
  }

  /** The record of an ordinary bundle of the host, or of the host framework itself: what it provides. */
  static Publication ofHost(Bundle host) {
    BundleResource resource = new BundleResource(host);
    resource.attributes.put("host.id", host.getBundleId());
    resource.addDeclared(false);
    return resource.publication(hostName(host));
  }

  static String hostName(Bundle host) {
    return HOST + host.getBundleId();
  }

  private void addDeclared(boolean withRequirements) {
    BundleRevision revision = host.adapt(BundleRevision.class);
    if (revision == null) {
      return;
    }
    for (BundleCapability each : revision.getDeclaredCapabilities(null)) {
      add(clause(each.getNamespace(), each.getAttributes(), each.getDirectives()), capabilities);
    }
    if (withRequirements) {
      for (BundleRequirement each : revision.getDeclaredRequirements(null)) {
        add(clause(each.getNamespace(), each.getAttributes(), each.getDirectives()), requirements);
      }
    }
  }

  private Publication publication(String name) {
    for (Clause capability : capabilities) {
      addKey(capability);
    }
    if (leftOut > 0) {
      LOG.log(
          Level.WARNING,
          "{0} {1} provides and requires more than {2} bytes: {3} capabilities or requirements are not"
              + " told to the group",
          name,
          host,
          BYTES_MAX,
          leftOut);
    }
    attributes.put(Clause.CAPABILITIES, Clause.grouped(capabilities));
    attributes.put(Clause.REQUIREMENTS, Clause.grouped(requirements));
    return Publication.of(Interest.RESOURCE, name, keys, attributes);
  }

  private void add(Clause clause, List<Clause> clauses) {
    int bytes = clause.toBytes().length + clause.namespace().length();
    if (bytes > room) {
      leftOut++;
    } else {
      room -= bytes;
      clauses.add(clause);
    }
  }

  private void addKey(Clause capability) {
    if (capability.attributes().get(capability.namespace()) instanceof String value) {
      String key = "cap:" + capability.namespace() + ":" + value;
      int bytes = key.getBytes(StandardCharsets.UTF_8).length;
      if (keys.size() < KEYS_MAX && key.length() <= RegistryStore.KEY_CHARS_MAX && bytes <= room) {
        room -= bytes;
        keys.add(key);
      }
    }
  }

  private static Clause clause(
      String namespace, Map<String, Object> attributes, Map<String, String> directives) {
    Map<String, Object> told = new LinkedHashMap<>();
    attributes.forEach((name, value) -> {
      try {
        Attributes.encode(Map.of(name, value));
        told.put(name, value);
      } catch (IllegalArgumentException e) {
        LOG.log(Level.DEBUG, "attribute {0} of {1} cannot be told: {2}", name, namespace, e);
      }
    });
    Map<String, String> kept = new LinkedHashMap<>();
    directives.forEach((name, value) -> {
      if (DIRECTIVES.contains(name)) {
        kept.put(name, value);
      }
    });
    return new Clause(namespace, told, kept);
  }
}
