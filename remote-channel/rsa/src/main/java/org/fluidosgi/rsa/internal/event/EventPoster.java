package org.fluidosgi.rsa.internal.event;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminEvent;

/** Turns Remote Service Admin events into Event Admin events. Threads: stateless. Source: Remote Service Admin 122.7.1. */
public final class EventPoster {
  private static final String TOPIC = "org/osgi/service/remoteserviceadmin/";

  private EventPoster() {}

  /** Posts the event. Errors: ClassCastException when that service is of another class space. */
  public static void post(Object eventAdmin, RemoteServiceAdminEvent event) {
    ((EventAdmin) eventAdmin)
        .postEvent(new Event(TOPIC + name(event.getType()), properties(event)));
  }

  private static Map<String, Object> properties(RemoteServiceAdminEvent event) {
    Map<String, Object> properties = new HashMap<>();
    Bundle bundle = event.getSource();
    properties.put("bundle", bundle);
    properties.put("bundle.id", bundle.getBundleId());
    properties.put("bundle.symbolicname", bundle.getSymbolicName());
    properties.put("bundle.version", bundle.getVersion());
    properties.put("timestamp", System.currentTimeMillis());
    properties.put("event", event);
    Throwable failure = event.getException();
    if (failure != null) {
      properties.put("exception", failure);
      properties.put("cause", failure);
      properties.put("exception.class", failure.getClass().getName());
      if (failure.getMessage() != null) {
        properties.put("exception.message", failure.getMessage());
      }
    }
    EndpointDescription endpoint = endpoint(event);
    if (endpoint != null) {
      for (String key : new String[] {
        "endpoint.service.id",
        "endpoint.framework.uuid",
        "endpoint.id",
        "objectClass",
        "service.imported.configs"
      }) {
        Object value = endpoint.getProperties().get(key);
        if (value != null) {
          properties.put(key, value);
        }
      }
    }
    return properties;
  }

  private static @Nullable EndpointDescription endpoint(RemoteServiceAdminEvent event) {
    if (event.getExportReference() != null) {
      return event.getExportReference().getExportedEndpoint();
    }
    return event.getImportReference() == null
        ? null
        : event.getImportReference().getImportedEndpoint();
  }

  private static String name(int type) {
    return switch (type) {
      case RemoteServiceAdminEvent.IMPORT_REGISTRATION -> "IMPORT_REGISTRATION";
      case RemoteServiceAdminEvent.EXPORT_REGISTRATION -> "EXPORT_REGISTRATION";
      case RemoteServiceAdminEvent.EXPORT_UNREGISTRATION -> "EXPORT_UNREGISTRATION";
      case RemoteServiceAdminEvent.IMPORT_UNREGISTRATION -> "IMPORT_UNREGISTRATION";
      case RemoteServiceAdminEvent.IMPORT_ERROR -> "IMPORT_ERROR";
      case RemoteServiceAdminEvent.EXPORT_ERROR -> "EXPORT_ERROR";
      case RemoteServiceAdminEvent.EXPORT_WARNING -> "EXPORT_WARNING";
      case RemoteServiceAdminEvent.IMPORT_WARNING -> "IMPORT_WARNING";
      case RemoteServiceAdminEvent.IMPORT_UPDATE -> "IMPORT_UPDATE";
      case RemoteServiceAdminEvent.EXPORT_UPDATE -> "EXPORT_UPDATE";
      default -> "UNKNOWN";
    };
  }
}
