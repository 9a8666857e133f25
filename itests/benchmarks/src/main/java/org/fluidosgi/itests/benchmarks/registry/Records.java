package org.fluidosgi.itests.benchmarks.registry;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.fluidosgi.registry.Publication;

/** The records measured with: endpoints as the product publishes them, {@value #CANDIDATES} of each class, of which
 * {@value #MATCHES} match the filter. */
record Records(int count) {
  /** Records of one class. */
  static final int CANDIDATES = 50;

  /** Those of them that the filter finds. */
  static final int MATCHES = 4;

  static final String KIND = "endpoint";
  static final String REST = "(region=r3)(rank>=10)";
  private static final int REGIONS = 10;

  int classes() {
    return count / CANDIDATES;
  }

  /** The class that look-up number i asks for. */
  String type(int i) {
    return "org.example.api.Service" + i % classes();
  }

  /** Class and the rest. */
  String filter(int i) {
    return "(&(objectClass=" + type(i) + ")" + REST + ")";
  }

  Publication publication(int i) {
    return Publication.of(KIND, "record-" + i, Set.of("oc:" + type(i)), attributes(i, 0));
  }

  /** A changed version of record i. */
  Publication changed(int i, int version) {
    return Publication.of(KIND, "record-" + i, Set.of("oc:" + type(i)), attributes(i, version));
  }

  Map<String, Object> attributes(int i, int version) {
    Map<String, Object> attributes = new HashMap<>();
    attributes.put("objectClass", new String[] {type(i)});
    attributes.put("region", "r" + i / classes() % REGIONS);
    attributes.put("rank", i / classes());
    attributes.put("endpoint.id", new UUID(version, i).toString());
    attributes.put("endpoint.framework.uuid", new UUID(1, 1).toString());
    attributes.put("service.imported.configs", new String[] {"fluid.channel"});
    attributes.put("endpoint.service.id", (long) i);
    attributes.put("fluid.channel.address", "127.0.0.1:9278");
    attributes.put("name", "service number " + i);
    attributes.put("service.intents", new String[] {"osgi.basic"});
    return attributes;
  }

  /** Errors: IllegalStateException unless the look-up found what it must find. */
  static void check(String who, int found) {
    if (found != MATCHES) {
      throw new IllegalStateException(who + " found " + found + " instead of " + MATCHES);
    }
  }
}
