package org.fluidosgi.rsa.connect;

import java.util.List;
import java.util.Map;
import org.fluidosgi.channel.NodeInfo;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.Filter;

/** A service that a node leases to us, known and not yet fetched. One object from the moment it comes until it goes; equal to itself only. When
 * the same endpoint comes again, that is another reference. Threads: any. */
@ProviderType
public interface RemoteReference {
  /** The endpoint's id, {@code urn:uuid:…}, the same as in the property {@code endpoint.id}. */
  String endpointId();

  /** Names of the interfaces, as in the property {@code objectClass}. */
  List<String> interfaces();

  /** The endpoint's properties as they are now.
   * Shape: a map that is never changed, keys in any case. */
  Map<String, Object> properties();

  /** One of them, in any case of the key; null when it is not there. */
  @Nullable
  Object property(String key);

  /** Whether the properties match, keys in any case. */
  boolean matches(Filter filter);

  /** Who leases it. */
  NodeInfo peer();

  /** Whether it is leased now; false for ever after it went. */
  boolean isLeased();
}
