package org.fluidosgi.topology.spi;

import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.framework.ServiceReference;

/** Decides on services that do not ask for export by themselves, and describes those that are exported. A whiteboard service; a changed answer is announced by a
 * change of the policy's own service properties.
 * Threads: the topology manager's queue; must not block. Errors: what it throws is logged and counts as no opinion. */
@ConsumerType
public interface ExportPolicy {
  /** The properties to export that service with, for example {@code service.exported.interfaces}; empty = no opinion. */
  Optional<Map<String, Object>> exportProperties(ServiceReference<?> service);

  /** Properties that the endpoints of that service get on top, whoever decided that it is exported. */
  default Map<String, Object> describe(ServiceReference<?> service) {
    return Map.of();
  }
}
