package org.fluidosgi.framework.internal.context;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.security.cert.X509Certificate;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

/** A bundle in front of a host bundle: everything that content and state tell is asked of the host bundle.
 * Threads: as {@link Bundle}; without state. */
abstract class BundleView implements Bundle {
  private final Bundle host;
  private final HostView view;

  BundleView(Bundle host, HostView view) {
    this.host = host;
    this.view = view;
  }

  /** The bundle behind, as the host framework knows it. */
  public final Bundle host() {
    return host;
  }

  final HostView view() {
    return view;
  }

  @Override
  public int getState() {
    return host.getState();
  }

  @Override
  public Dictionary<String, String> getHeaders() {
    return host.getHeaders();
  }

  @Override
  public Dictionary<String, String> getHeaders(@Nullable String locale) {
    return host.getHeaders(locale);
  }

  @Override
  public String getLocation() {
    return host.getLocation();
  }

  @Override
  public ServiceReference<?> @Nullable [] getRegisteredServices() {
    return view.references(host.getRegisteredServices());
  }

  @Override
  public ServiceReference<?> @Nullable [] getServicesInUse() {
    return view.references(host.getServicesInUse());
  }

  @Override
  public boolean hasPermission(Object permission) {
    return host.hasPermission(permission);
  }

  @Override
  public @Nullable URL getResource(String name) {
    return host.getResource(name);
  }

  @Override
  public String getSymbolicName() {
    return host.getSymbolicName();
  }

  @Override
  public Class<?> loadClass(String name) throws ClassNotFoundException {
    return host.loadClass(name);
  }

  @Override
  public @Nullable Enumeration<URL> getResources(String name) throws IOException {
    return host.getResources(name);
  }

  @Override
  public @Nullable Enumeration<String> getEntryPaths(String path) {
    return host.getEntryPaths(path);
  }

  @Override
  public @Nullable URL getEntry(String path) {
    return host.getEntry(path);
  }

  @Override
  public long getLastModified() {
    return host.getLastModified();
  }

  @Override
  public @Nullable Enumeration<URL> findEntries(
      String path, @Nullable String filePattern, boolean recurse) {
    return host.findEntries(path, filePattern, recurse);
  }

  @Override
  public @Nullable BundleContext getBundleContext() {
    return host.getBundleContext();
  }

  @Override
  public Map<X509Certificate, List<X509Certificate>> getSignerCertificates(int signersType) {
    return host.getSignerCertificates(signersType);
  }

  @Override
  public Version getVersion() {
    return host.getVersion();
  }

  @Override
  public <A> @Nullable A adapt(Class<A> type) {
    if (type == BundleContext.class) {
      return type.cast(getBundleContext());
    }
    // The host gives its own bundle for Bundle and for Framework; a framework can only be the
    // host's.
    return type == Bundle.class ? type.cast(this) : host.adapt(type);
  }

  @Override
  public @Nullable File getDataFile(String filename) {
    return host.getDataFile(filename);
  }

  @Override
  public int compareTo(Bundle other) {
    return Long.compare(getBundleId(), other.getBundleId());
  }

  /** Update without a stream means: from its location. */
  @Override
  public abstract void update(@Nullable InputStream input)
      throws org.osgi.framework.BundleException;
}
