package org.fluidosgi.rsa.internal.connect;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.attributes.Attributes;
import org.fluidosgi.rsa.connect.ReferenceListener;
import org.fluidosgi.rsa.connect.RemoteReference;
import org.fluidosgi.rsa.internal.call.RemoteTarget;
import org.fluidosgi.rsa.internal.lease.LeaseChange;
import org.fluidosgi.rsa.internal.lease.LeaseWire;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** What one peer leases to one connection, and who listens to it.
 * State: the table, changed on the connection's lane and guarded by itself for those who read; the listeners, touched on the lane only.
 * Limits: {@link LeaseWire#REFERENCES_MAX} references of {@value #BYTES_MAX} bytes in all. */
final class References {
  /** Most encoded bytes of all properties. */
  static final long BYTES_MAX = 128L * 1024 * 1024;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");

  /** A listener and what it is told of a reference. */
  private record News(
      BiConsumer<ReferenceListener, RemoteReference> tell, LeasedReference reference) {}

  private final NodeInfo peer;
  private final BooleanSupplier open;
  private final Map<UUID, LeasedReference> table = new LinkedHashMap<>(); // guarded by itself
  private final List<ReferenceListener> listeners = new ArrayList<>();
  private long bytes;

  /** Shape: {@code open} says whether the connection is. */
  References(NodeInfo peer, BooleanSupplier open) {
    this.peer = peer;
    this.open = open;
  }

  boolean isOpen() {
    return open.getAsBoolean();
  }

  /** Those that are leased now. Threads: any. */
  List<RemoteReference> all() {
    if (!isOpen()) {
      return List.of();
    }
    synchronized (table) {
      return List.copyOf(table.values());
    }
  }

  /** Applies what the peer told, then tells the listeners. Threads: lane. Errors: ChannelException for what cannot be; what came before
   * it was applied and told. */
  void apply(List<LeaseChange> changes) {
    List<News> news = new ArrayList<>();
    try {
      for (LeaseChange change : changes) {
        news.add(apply(change));
      }
    } finally {
      news.forEach(this::tell);
    }
  }

  private News apply(LeaseChange change) {
    LeasedReference known = table.get(change.endpoint());
    if ((known == null) != (change.kind() == LeaseChange.Kind.ADDED)) {
      throw LeaseWire.malformed("endpoint " + change.endpoint() + " is " + change.kind()
          + (known == null ? " and was never added" : " and is there already"));
    }
    if (known == null) {
      return new News(ReferenceListener::added, add(change));
    }
    if (change.kind() == LeaseChange.Kind.MODIFIED) {
      RemoteTarget target = target(change);
      count(change.properties().length - known.bytes(), 0);
      known.retarget(target, change.properties().length);
      return new News(ReferenceListener::modified, known);
    }
    bytes -= known.bytes();
    synchronized (table) {
      table.remove(change.endpoint());
    }
    known.end();
    return new News(ReferenceListener::removed, known);
  }

  private LeasedReference add(LeaseChange change) {
    RemoteTarget target = target(change);
    count(change.properties().length, 1);
    LeasedReference fresh = new LeasedReference(this, peer, target, change.properties().length);
    synchronized (table) {
      table.put(change.endpoint(), fresh);
    }
    return fresh;
  }

  private void count(int moreBytes, int moreReferences) {
    if (bytes + moreBytes > BYTES_MAX || table.size() + moreReferences > LeaseWire.REFERENCES_MAX) {
      throw LeaseWire.malformed("more than " + LeaseWire.REFERENCES_MAX + " references or "
          + BYTES_MAX + " bytes of properties");
    }
    bytes += moreBytes;
  }

  private RemoteTarget target(LeaseChange change) {
    RemoteTarget target;
    try {
      target = RemoteTarget.of(new EndpointDescription(Attributes.decode(change.properties())));
    } catch (IllegalArgumentException e) {
      throw LeaseWire.malformed("endpoint " + change.endpoint() + ": " + e.getMessage());
    }
    if (!target.id().equals(change.endpoint())
        || !target.node().equals(peer.id())
        || target.incarnation() != peer.incarnation().counter()) {
      throw LeaseWire.malformed("endpoint " + change.endpoint() + " describes " + target.id()
          + " of node " + target.node() + " in run " + target.incarnation()
          + ": a node leases what it serves itself");
    }
    return target;
  }

  /** Tells the listener of those that are there, later of all changes. Threads: lane. */
  void add(ReferenceListener listener) {
    listeners.add(listener);
    for (LeasedReference each : List.copyOf(table.values())) {
      tell(listener, new News(ReferenceListener::added, each));
    }
  }

  /** Threads: lane. */
  void remove(ReferenceListener listener) {
    listeners.removeIf(each -> each == listener);
  }

  /** Ends every reference and tells so. Threads: lane. */
  void end() {
    List<LeasedReference> ended;
    synchronized (table) {
      ended = List.copyOf(table.values());
      table.clear();
    }
    ended.forEach(LeasedReference::end);
    ended.forEach(each -> tell(new News(ReferenceListener::removed, each)));
    listeners.clear();
  }

  private void tell(News news) {
    List.copyOf(listeners).forEach(listener -> tell(listener, news));
  }

  private static void tell(ReferenceListener listener, News news) {
    try {
      news.tell().accept(listener, news.reference());
    } catch (Throwable e) { // also what is thrown though nobody declares it
      LOG.log(Level.WARNING, "a listener to " + news.reference() + " failed", e);
    }
  }
}
