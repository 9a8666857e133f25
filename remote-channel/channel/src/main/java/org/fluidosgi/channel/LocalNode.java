package org.fluidosgi.channel;

import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/** The node this framework is: a service, registered once identity, data directory and port are known.
 * Threads: any. Source: architecture section 3. */
@ProviderType
public interface LocalNode {
  /** Identity, name and advertised address of this node. */
  NodeInfo info();

  /** The node's own directory, locked by this process while the node runs.
   * Shape: exists; every module keeps its files in a folder named after itself. */
  Path dataDirectory();

  /** Clock, randomness and tasks of this node. */
  Env env();

  /** A key for that purpose which every node of the group derives alike from the group's token, and which does not reveal it.
   * Shape: 32 bytes; takes tens of milliseconds. Errors: UnsupportedOperationException from a node without a token. */
  default byte[] groupKey(String purpose) {
    throw new UnsupportedOperationException("this node has no group token");
  }

  /** The setting of that name: framework property, system property, else empty.
   * Shape: see {@link Settings}. */
  Settings settings();
}
