package org.fluidosgi.framework.internal.group;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URL;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualBundleContext;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.ContextElsewhere;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.fluidosgi.framework.internal.resources.JarEntries;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.framework.startlevel.BundleStartLevel;

/** A virtual bundle that another node holds: facts from its record, operations sent there, entries read from its content, which is fetched
 * when one is asked for, classes and resources from a copy that is wired on this host, which never starts.
 * Invariant: once UNINSTALLED it stays so. Threads: any; facts are one volatile, written under the monitor. */
@SuppressWarnings("NullAway") // Bundle is specified with nulls
final class RemoteBundle implements VirtualBundle {
  private static final Logger LOG = System.getLogger("org.fluidosgi.framework");

  private final Remote remote;
  private volatile VirtualNode node;
  private volatile BundleFacts facts;
  private volatile @Nullable Incarnation incarnation;
  private volatile @Nullable Map<String, String> headers;
  private @Nullable ContextElsewhere context;

  /** Carries operations to the node. */
  interface Remote {
    /** Starts it; returns the facts after it. */
    BundleFacts start(RemoteBundle bundle, int options) throws BundleException;

    BundleFacts stop(RemoteBundle bundle, int options) throws BundleException;

    BundleFacts update(RemoteBundle bundle, @Nullable InputStream content) throws BundleException;

    void uninstall(RemoteBundle bundle) throws BundleException;

    Map<String, String> headers(RemoteBundle bundle, String locale) throws BundleException;

    /** Its services that this node has imported; null when there are none. */
    ServiceReference<?> @Nullable [] services(RemoteBundle bundle);

    /** Of the services that it uses, those that this node knows; null when there are none. */
    ServiceReference<?> @Nullable [] inUse(RemoteBundle bundle) throws BundleException;

    /** What is in its content, which is fetched if it is not here. */
    JarEntries entries(RemoteBundle bundle) throws IOException;

    /** A bundle of this host with its content, where classes can be loaded. */
    Bundle copy(RemoteBundle bundle) throws BundleException;

    /** What such a bundle lacks to be resolved; empty when it is. */
    String missing(Bundle copy) throws BundleException;

    /** A context for the run that it is in. */
    ContextElsewhere context(RemoteBundle bundle);

    /** That run is over: the context refuses from now on, and will be closed. Does not block. */
    void ended(ContextElsewhere context);

    /** Something became of it. Called in the order in which it did; does not block. */
    void changed(RemoteBundle bundle);
  }

  RemoteBundle(
      Remote remote, VirtualNode node, BundleFacts facts, @Nullable Incarnation incarnation) {
    this.remote = remote;
    this.node = node;
    this.facts = facts;
    this.incarnation = incarnation;
  }

  /** Its node told more of itself. */
  void on(VirtualNode now) {
    node = now;
  }

  /** Takes newer facts over; older ones of the same incarnation are dropped. */
  synchronized void apply(VirtualNode now, BundleFacts news, @Nullable Incarnation of) {
    node = now;
    boolean sameLife = of == null || incarnation == null || of.equals(incarnation);
    if (of != null) {
      incarnation = of;
    }
    if (facts.state() == UNINSTALLED || (sameLife && news.revision() < facts.revision())) {
      return;
    }
    boolean updated = news.modified() != facts.modified();
    if (updated) {
      headers = null;
    }
    facts = news;
    if (updated || !sameLife || !runs()) {
      endContext();
    }
    remote.changed(this);
  }

  /** Tells it as it is to those who listen, for it may have become a bundle of this group. */
  synchronized void tell() {
    remote.changed(this);
  }

  /** Its node left or uninstalled it. */
  synchronized void gone() {
    facts = facts.withState(UNINSTALLED);
    endContext();
    remote.changed(this);
  }

  BundleFacts facts() {
    return facts;
  }

  @Override
  public VirtualId id() {
    return facts.id();
  }

  @Override
  public VirtualNode node() {
    return node;
  }

  @Override
  public String sha256() {
    return facts.sha256();
  }

  @Override
  public int getState() {
    return facts.state();
  }

  @Override
  public long getBundleId() {
    return facts.id().toLong();
  }

  @Override
  public String getLocation() {
    return facts.location();
  }

  @Override
  public String getSymbolicName() {
    return facts.symbolicName();
  }

  @Override
  public Version getVersion() {
    try {
      return Version.parseVersion(facts.version());
    } catch (IllegalArgumentException e) {
      return Version.emptyVersion;
    }
  }

  @Override
  public long getLastModified() {
    return facts.modified();
  }

  @Override
  public void start() throws BundleException {
    start(0);
  }

  @Override
  public void start(int options) throws BundleException {
    checkInstalled();
    apply(node, remote.start(this, options), null);
  }

  @Override
  public void stop() throws BundleException {
    stop(0);
  }

  @Override
  public void stop(int options) throws BundleException {
    checkInstalled();
    apply(node, remote.stop(this, options), null);
  }

  @Override
  public void update() throws BundleException {
    update(null);
  }

  @Override
  public void update(@Nullable InputStream input) throws BundleException {
    try {
      checkInstalled();
      apply(node, remote.update(this, input), null);
    } finally {
      close(input);
    }
  }

  private static void close(@Nullable InputStream input) throws BundleException {
    try {
      if (input != null) {
        input.close();
      }
    } catch (IOException e) {
      throw new BundleException("the given stream cannot be closed: " + e, e);
    }
  }

  @Override
  public void uninstall() throws BundleException {
    checkInstalled();
    remote.uninstall(this);
    gone();
  }

  private void checkInstalled() {
    if (facts.state() == UNINSTALLED) {
      throw new IllegalStateException(
          this + " is uninstalled, or its node " + node.name() + " left the group");
    }
  }

  @Override
  public Dictionary<String, String> getHeaders() {
    return getHeaders(null);
  }

  @Override
  public Dictionary<String, String> getHeaders(@Nullable String locale) {
    Map<String, String> known = headers;
    if (known == null || locale != null) {
      known = ask(locale);
    }
    return new Headers(known);
  }

  private Map<String, String> ask(@Nullable String locale) {
    try {
      Map<String, String> answer = remote.headers(this, locale == null ? "" : locale);
      if (locale == null) {
        headers = answer;
      }
      return answer;
    } catch (BundleException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Errors: ClassNotFoundException also when the content cannot be had or does not resolve here. */
  @Override
  public Class<?> loadClass(String name) throws ClassNotFoundException {
    checkInstalled();
    try {
      Bundle copy = remote.copy(this);
      String missing = remote.missing(copy);
      if (!missing.isEmpty()) {
        throw new ClassNotFoundException(
            name + ": content of " + this + " does not resolve on this node: " + missing);
      }
      return copy.loadClass(name);
    } catch (BundleException e) {
      throw new ClassNotFoundException(name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    Bundle copy = copy();
    return copy == null ? getEntry(name) : copy.getResource(name);
  }

  @Override
  public @Nullable Enumeration<URL> getResources(String name) throws IOException {
    Bundle copy = copy();
    if (copy != null) {
      return copy.getResources(name);
    }
    URL entry = getEntry(name);
    return entry == null ? null : Collections.enumeration(List.of(entry));
  }

  /** Where resources are looked for; without a copy there is no class space, and the content alone is searched. */
  private @Nullable Bundle copy() {
    checkInstalled();
    try {
      return remote.copy(this);
    } catch (BundleException e) {
      LOG.log(Level.DEBUG, this + ": resources are looked for in its content only", e);
      return null;
    }
  }

  /** Errors: IllegalStateException, here and below, also when the content cannot be had. */
  @Override
  public @Nullable URL getEntry(String path) {
    return entries().entry(path);
  }

  @Override
  public @Nullable Enumeration<String> getEntryPaths(String path) {
    return enumeration(entries().paths(path));
  }

  @Override
  public @Nullable Enumeration<URL> findEntries(
      String path, @Nullable String pattern, boolean recurse) {
    return enumeration(entries().find(path, pattern, recurse));
  }

  private JarEntries entries() {
    checkInstalled();
    try {
      return remote.entries(this);
    } catch (IOException e) {
      throw new IllegalStateException("content of " + this + ": " + e.getMessage(), e);
    }
  }

  private static <T> @Nullable Enumeration<T> enumeration(List<T> found) {
    return found.isEmpty() ? null : Collections.enumeration(found);
  }

  /** None: its data is on its node. */
  @Override
  public @Nullable File getDataFile(String filename) {
    checkInstalled();
    return null;
  }

  /** Those that it shares with the group and that are imported here. */
  @Override
  public ServiceReference<?> @Nullable [] getRegisteredServices() {
    checkInstalled();
    return remote.services(this);
  }

  /** Those that are known here: shared with the group, or registered on this node. */
  @Override
  public ServiceReference<?> @Nullable [] getServicesInUse() {
    checkInstalled();
    try {
      return remote.inUse(this);
    } catch (BundleException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** It looks, listens and acts on this node in the name of this bundle, as long as that runs. */
  @Override
  public synchronized @Nullable VirtualBundleContext getBundleContext() {
    if (context == null && runs()) {
      context = remote.context(this);
    }
    return context;
  }

  private boolean runs() {
    return (facts.state() & (STARTING | ACTIVE | STOPPING)) != 0;
  }

  private synchronized void endContext() {
    ContextElsewhere last = context;
    context = null;
    if (last != null) {
      remote.ended(last);
    }
  }

  @Override
  public Map<X509Certificate, List<X509Certificate>> getSignerCertificates(int signersType) {
    return Map.of();
  }

  @Override
  public <A> @Nullable A adapt(Class<A> type) {
    if (type == BundleContext.class || type == VirtualBundleContext.class) {
      return type.cast(getBundleContext());
    }
    if (type == BundleStartLevel.class) {
      return type.cast(new RemoteStartLevel(this, facts().start()));
    }
    return type == BundleDTO.class
        ? type.cast(dto())
        : type.isInstance(this) ? type.cast(this) : null;
  }

  private BundleDTO dto() {
    BundleDTO dto = new BundleDTO();
    dto.id = getBundleId();
    dto.lastModified = getLastModified();
    dto.state = getState();
    dto.symbolicName = getSymbolicName();
    dto.version = getVersion().toString();
    return dto;
  }

  @Override
  public boolean hasPermission(Object permission) {
    return true; // permissions are checked where the bundle is
  }

  @Override
  public int compareTo(Bundle other) {
    return Long.compare(getBundleId(), other.getBundleId());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VirtualBundle bundle && bundle.getBundleId() == getBundleId();
  }

  @Override
  public int hashCode() {
    return Long.hashCode(getBundleId());
  }

  @Override
  public String toString() {
    return facts.symbolicName() + " [" + facts.id() + "]";
  }
}
