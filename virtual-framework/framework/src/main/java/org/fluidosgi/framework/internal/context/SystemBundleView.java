package org.fluidosgi.framework.internal.context;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;

/** The virtual system bundle, id 0: this node's own system bundle, speaking of virtual bundles and references.
 * Threads: as {@link Bundle}. */
final class SystemBundleView extends BundleView {
  SystemBundleView(Bundle host, HostView view) {
    super(host, view);
  }

  @Override
  public long getBundleId() {
    return 0;
  }

  @Override
  public void start() throws BundleException {
    host().start();
  }

  @Override
  public void start(int options) throws BundleException {
    host().start(options);
  }

  @Override
  public void stop() throws BundleException {
    host().stop();
  }

  @Override
  public void stop(int options) throws BundleException {
    host().stop(options);
  }

  @Override
  public void update() throws BundleException {
    host().update();
  }

  @Override
  public void update(@Nullable InputStream input) throws BundleException {
    host().update(input);
  }

  @Override
  public void uninstall() throws BundleException {
    host().uninstall();
  }

  @Override
  public @Nullable BundleContext getBundleContext() {
    BundleContext raw = host().getBundleContext();
    return raw == null ? null : view().systemContext(this, raw);
  }

  @Override
  public <A> @Nullable A adapt(Class<A> type) {
    A adapted = super.adapt(type);
    return type == FrameworkWiring.class && adapted != null
        ? type.cast(new FrameworkWiringView((FrameworkWiring) adapted, this))
        : adapted;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SystemBundleView bundle && host().equals(bundle.host());
  }

  @Override
  public int hashCode() {
    return host().hashCode();
  }

  @Override
  public String toString() {
    return host().toString();
  }
}
