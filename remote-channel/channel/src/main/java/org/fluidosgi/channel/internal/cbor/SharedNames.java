package org.fluidosgi.channel.internal.cbor;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names of attributes that nearly every record has: one text each for all records, where a reader would make one per record. Only
 * names that specifications or our own protocols give, so that nothing from the network is ever kept here. Threads: immutable. */
final class SharedNames {
  private static final Map<String, String> NAMES = Stream.of(
          "objectClass",
          "service.id",
          "service.bundleid",
          "service.scope",
          "service.ranking",
          "service.pid",
          "service.imported",
          "service.imported.configs",
          "service.exported.interfaces",
          "service.exported.configs",
          "service.exported.intents",
          "service.intents",
          "endpoint.id",
          "endpoint.service.id",
          "endpoint.framework.uuid",
          "remote.configs.supported",
          "remote.intents.supported",
          "component.id",
          "component.name",
          "fluid.bundle.id",
          "fluid.service.id",
          "fluid.scope",
          "fluid.channel.address",
          "fluid.channel.node",
          "fluid.channel.incarnation",
          "id",
          "host.id",
          "bsn",
          "version",
          "location",
          "sha256",
          "size",
          "state",
          "modified",
          "revision",
          "ordinal",
          "group",
          "name",
          "address",
          "properties",
          "capabilities",
          "requirements",
          "osgi.content",
          "osgi.identity",
          "osgi.wiring.bundle",
          "osgi.wiring.host",
          "osgi.wiring.package",
          "osgi.service",
          "osgi.ee",
          "osgi.native",
          "osgi.extender")
      .collect(Collectors.toUnmodifiableMap(Function.identity(), Function.identity()));

  private SharedNames() {}

  /** The shared text of that name, else the name itself. */
  static String of(String name) {
    return NAMES.getOrDefault(name, name);
  }
}
