package org.fluidosgi.rsa.internal.osgi;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.rsa.FluidChannel;
import org.fluidosgi.rsa.internal.call.RemoteTarget;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ImportReference;
import org.osgi.service.remoteserviceadmin.RemoteConstants;

/** The shared imports of one node: one proxy for each endpoint of each life of its node. Whoever imported from an earlier life does not get, by
 * way of somebody else's import, what a later life serves under the same id.
 * State: the table, guarded by this object's monitor, which is never held while the framework is called. Threads: any. */
final class Imports {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");

  private record Key(String endpoint, String node, long incarnation) {
    static Key of(RemoteTarget target) {
      return new Key(target.endpoint().getId(), target.node().toString(), target.incarnation());
    }

    static Key of(ServiceReference<?> proxy) {
      return new Key(
          String.valueOf(proxy.getProperty(RemoteConstants.ENDPOINT_ID)),
          String.valueOf(proxy.getProperty(FluidChannel.NODE)),
          proxy.getProperty(FluidChannel.INCARNATION) instanceof Number life
              ? life.longValue()
              : 0);
    }
  }

  private final Provider provider;
  private final Map<Key, SharedImport> imports = new HashMap<>();
  private final Map<SharedImport, Key> keys = new HashMap<>();
  private final Map<SharedImport, RemoteTarget> targets = new ConcurrentHashMap<>();

  Imports(Provider provider) {
    this.provider = provider;
  }

  /** Every endpoint that is imported now. */
  Collection<RemoteTarget> targets() {
    return targets.values();
  }

  OpenImport register(EndpointDescription endpoint, RemoteTarget target) {
    SharedImport shared;
    OpenImport opened;
    boolean fresh;
    synchronized (this) {
      SharedImport known = imports.get(Key.of(target));
      fresh = known == null;
      shared = known == null ? new SharedImport(provider, target) : known;
      if (fresh) {
        enter(Key.of(target), shared, target);
      }
      opened = new OpenImport(provider, shared, endpoint);
      shared.registrations.add(opened);
    }
    if (fresh) {
      try {
        shared.register();
      } catch (RuntimeException e) {
        closed(opened, shared);
        throw e;
      }
      LOG.log(
          Level.DEBUG,
          "{0}: imported {1} of node {2}",
          provider.nodeName(),
          target.service(),
          target.node());
    }
    return opened;
  }

  private void enter(Key key, SharedImport shared, RemoteTarget target) {
    imports.put(key, shared);
    keys.put(shared, key);
    targets.put(shared, target);
  }

  /** Points an import at its endpoint's new description, which may be of another life or node. */
  void retarget(SharedImport shared, RemoteTarget target) {
    synchronized (this) {
      Key before = keys.get(shared);
      if (before != null) { // not closed meanwhile
        imports.remove(before);
        enter(free(Key.of(target)), shared, target);
      }
    }
    shared.retarget(target);
  }

  /** That key, or one that nobody asks for when somebody imports that life already: both stay, later ones share the other. */
  private Key free(Key wanted) {
    Key key = wanted;
    for (long number = -1; imports.containsKey(key); number--) {
      key = new Key(wanted.endpoint, wanted.node, number);
    }
    return key;
  }

  /** Has the framework tell of that proxy as if it were modified. */
  void show(ServiceReference<?> proxy) {
    List<SharedImport> all;
    synchronized (this) {
      SharedImport likely = imports.get(Key.of(proxy));
      all = likely != null && proxy.equals(likely.reference())
          ? List.of(likely)
          : List.copyOf(imports.values());
    }
    all.stream().filter(each -> proxy.equals(each.reference())).forEach(SharedImport::show);
  }

  /** Takes a closing registration out; the proxy is unregistered with the last one. */
  void closed(OpenImport opened, SharedImport shared) {
    boolean last;
    synchronized (this) {
      shared.registrations.remove(opened);
      Key key = shared.registrations.isEmpty() ? keys.remove(shared) : null;
      last = key != null;
      if (key != null) {
        imports.remove(key);
        targets.remove(shared);
      }
    }
    if (last) {
      shared.close();
      LOG.log(Level.DEBUG, "{0}: ended import {1}", provider.nodeName(), shared.id);
    }
  }

  synchronized Collection<ImportReference> references() {
    List<ImportReference> references = new ArrayList<>();
    imports
        .values()
        .forEach(shared -> shared.registrations.forEach(open -> references.add(open.reference())));
    return references;
  }
}
