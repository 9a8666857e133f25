package org.fluidosgi.rsa.internal.connect;

import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.rsa.connect.RemoteReference;
import org.fluidosgi.rsa.internal.call.RemoteTarget;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;

/** One reference of one connection. State: the target, replaced when the endpoint changes; ended, once and for good. Threads: any; changed by
 * the connection's lane only. */
final class LeasedReference implements RemoteReference {
  private final References owner;
  private final NodeInfo peer;
  private final String endpointId;
  private volatile RemoteTarget target;
  private volatile int bytes;
  private volatile boolean ended;

  LeasedReference(References owner, NodeInfo peer, RemoteTarget target, int bytes) {
    this.owner = owner;
    this.peer = peer;
    this.endpointId = target.endpoint().getId();
    this.target = target;
    this.bytes = bytes;
  }

  RemoteTarget target() {
    return target;
  }

  int bytes() {
    return bytes;
  }

  void retarget(RemoteTarget changed, int changedBytes) {
    target = changed;
    bytes = changedBytes;
  }

  boolean isOf(References references) {
    return owner == references;
  }

  void end() {
    ended = true;
  }

  @Override
  public String endpointId() {
    return endpointId;
  }

  @Override
  public List<String> interfaces() {
    return target.endpoint().getInterfaces();
  }

  @Override
  public Map<String, Object> properties() {
    return target.endpoint().getProperties(); // cannot be changed, keys in any case
  }

  @Override
  public @Nullable Object property(String key) {
    return properties().get(key);
  }

  @Override
  public boolean matches(Filter filter) {
    Dictionary<String, Object> dictionary = FrameworkUtil.asDictionary(properties());
    return filter.match(dictionary);
  }

  @Override
  public NodeInfo peer() {
    return peer;
  }

  @Override
  public boolean isLeased() {
    return !ended && owner.isOpen();
  }

  @Override
  public String toString() {
    return "reference to " + target.service() + " (" + endpointId + ") of " + peer.name();
  }
}
