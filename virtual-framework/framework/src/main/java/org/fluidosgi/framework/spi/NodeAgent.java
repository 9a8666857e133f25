package org.fluidosgi.framework.spi;

import java.nio.file.Path;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.framework.BundleException;

/** Acts on one node for the group: the local framework is one, a group of motes another.
 * Threads: any, may block; calls for one bundle come one at a time. Errors: BundleException whose message names the cause,
 * for an unresolved bundle the missing requirement. */
@ConsumerType
public interface NodeAgent {
  /** Facts about the node, for placement and display. */
  Map<String, Object> describe();

  /** Installs content that lies in that file under that location; returns the node's own id of it. */
  long install(String location, Path content) throws BundleException;

  /** Resolves it, if it can be; returns what it lacks, empty when it is resolved now. */
  String resolve(long localId) throws BundleException;

  /** Starts it. Shape: options as {@code Bundle.start(int)}. */
  void start(long localId, int options) throws BundleException;

  /** Stops it. Shape: options as {@code Bundle.stop(int)}. */
  void stop(long localId, int options) throws BundleException;

  /** Replaces its content. */
  void update(long localId, Path content) throws BundleException;

  /** Removes it. */
  void uninstall(long localId) throws BundleException;
}
