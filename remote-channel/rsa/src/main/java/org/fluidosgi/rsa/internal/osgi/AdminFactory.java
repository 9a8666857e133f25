package org.fluidosgi.rsa.internal.osgi;

import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdmin;

/** Gives every bundle a RemoteServiceAdmin of its own. Threads: the framework's. */
final class AdminFactory implements ServiceFactory<RemoteServiceAdmin> {
  private final Provider provider;

  AdminFactory(Provider provider) {
    this.provider = provider;
  }

  @Override
  public RemoteServiceAdmin getService(
      Bundle bundle, ServiceRegistration<RemoteServiceAdmin> registration) {
    return new BundleAdmin(provider);
  }

  @Override
  public void ungetService(
      Bundle bundle,
      ServiceRegistration<RemoteServiceAdmin> registration,
      RemoteServiceAdmin service) {
    if (service instanceof BundleAdmin admin) {
      admin.close();
    }
  }
}
