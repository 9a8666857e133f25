package org.fluidosgi.itests.benchmarks.registry;

import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import org.infinispan.api.annotations.indexing.Basic;
import org.infinispan.api.annotations.indexing.Indexed;

/** A record as Infinispan holds it: found by its classes, other fields asked of what was found. Public with public fields for its
 * queries. */
@Indexed
@SuppressWarnings("serial")
public final class InfinispanEntry implements Serializable {
  private static final long serialVersionUID = 1;

  @Basic
  public final String[] classes;

  public final String region;
  public final int rank;
  public final String endpoint;
  public final String framework;
  public final String[] configs;
  public final long service;
  public final String address;
  public final String name;
  public final String[] intents;

  InfinispanEntry(Map<String, Object> attributes) {
    classes = of(attributes, "objectClass", String[].class);
    region = of(attributes, "region", String.class);
    rank = of(attributes, "rank", Integer.class);
    endpoint = of(attributes, "endpoint.id", String.class);
    framework = of(attributes, "endpoint.framework.uuid", String.class);
    configs = of(attributes, "service.imported.configs", String[].class);
    service = of(attributes, "endpoint.service.id", Long.class);
    address = of(attributes, "fluid.channel.address", String.class);
    name = of(attributes, "name", String.class);
    intents = of(attributes, "service.intents", String[].class);
  }

  private static <T> T of(Map<String, Object> attributes, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(attributes.get(name), name));
  }
}
