package org.fluidosgi.rsa.internal.osgi;

import org.osgi.service.remoteserviceadmin.RemoteServiceAdminEvent;

/** Takes one event; must not throw. */
@FunctionalInterface
interface EventSink {
  void accept(RemoteServiceAdminEvent event);
}
