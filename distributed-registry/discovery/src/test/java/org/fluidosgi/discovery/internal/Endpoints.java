package org.fluidosgi.discovery.internal;

import java.util.HashMap;
import java.util.Map;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** Endpoint descriptions for tests. */
final class Endpoints {
  private Endpoints() {}

  static EndpointDescription of(String id, Object... more) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("objectClass", new String[] {"org.foo.Bar", "org.foo.Baz"});
    properties.put("endpoint.id", id);
    properties.put("service.imported.configs", new String[] {"A"});
    properties.put("endpoint.framework.uuid", "other");
    for (int i = 0; i < more.length; i += 2) {
      properties.put((String) more[i], more[i + 1]);
    }
    return new EndpointDescription(properties);
  }
}
