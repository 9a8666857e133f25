package org.fluidosgi.framework.internal.group;

import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fluidosgi.registry.Attributes;
import org.fluidosgi.registry.Clause;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryStore;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/** What a bundle provides and requires, as a record: published once per content, since a bundle's state changes more often.
 * Threads: any; no state. Source: protocol-framework section 4. */
final class Resources {
  /** Namespace of a bundle's content, by its SHA-256. */
  static final String CONTENT = "osgi.content";

  /** Most bytes of clauses and keys in one record; what goes beyond is left out. */
  static final int BYTES_MAX = 192 * 1024;

  /** Most keys of one record; further capabilities are found by the store's own index. */
  static final int KEYS_MAX = 512;

  /** Directives that say who may be wired; {@code uses} is for the resolver, and long. */
  private static final Set<String> DIRECTIVES =
      Set.of("effective", "mandatory", "filter", "resolution", "cardinality");

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");

  private final LocalBundle bundle;
  private final Set<String> keys;
  private int room = BYTES_MAX;
  private int leftOut;

  private Resources(LocalBundle bundle) {
    this.bundle = bundle;
    keys = new LinkedHashSet<>(bundle.keys());
  }

  /** The record of that bundle. */
  static Publication of(LocalBundle bundle) {
    return new Resources(bundle).publication();
  }

  private Publication publication() {
    List<Clause> capabilities = new ArrayList<>();
    List<Clause> requirements = new ArrayList<>();
    add(
        new Clause(
            CONTENT, Map.of(CONTENT, bundle.sha256(), "size", bundle.saved().size()), Map.of()),
        capabilities);
    BundleRevision revision = bundle.host().adapt(BundleRevision.class);
    if (revision != null) {
      for (BundleCapability each : revision.getDeclaredCapabilities(null)) {
        add(clause(each.getNamespace(), each.getAttributes(), each.getDirectives()), capabilities);
      }
      for (BundleRequirement each : revision.getDeclaredRequirements(null)) {
        add(clause(each.getNamespace(), each.getAttributes(), each.getDirectives()), requirements);
      }
    }
    for (Clause capability : capabilities) {
      addKey(capability);
    }
    if (leftOut > 0) {
      LOG.log(
          Level.WARNING,
          "{0}: {1} provides and requires more than {2} bytes: {3} capabilities or requirements are not"
              + " told to the group",
          bundle.node().name(),
          bundle.id(),
          BYTES_MAX,
          leftOut);
    }
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("id", bundle.id().toLong());
    String name = bundle.host().getSymbolicName();
    attributes.put("bsn", name == null ? "" : name);
    attributes.put("version", bundle.host().getVersion());
    attributes.put("sha256", bundle.sha256());
    attributes.put(Clause.CAPABILITIES, Clause.grouped(capabilities));
    attributes.put(Clause.REQUIREMENTS, Clause.grouped(requirements));
    return Publication.of(Interest.RESOURCE, bundle.id().toString(), keys, attributes);
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
