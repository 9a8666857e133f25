package org.fluidosgi.framework.internal;

import java.io.InputStream;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;

/** What a virtual bundle of this node is beside its host bundle: identity in the group, and the operations that keep the
 * group's records right. Everything else the wrapper asks its host bundle for.
 * Threads: any; operations block. */
public interface LocalControl {
  /** Its id now; joining another group changes it once. */
  VirtualId id();

  /** This node. */
  VirtualNode node();

  /** SHA-256 of its content. */
  String sha256();

  /** Whether it starts with its framework; the host does not know. */
  boolean isPersistentlyStarted();

  /** Whether it then starts by its activation policy. */
  boolean isActivationPolicyUsed();

  /** Starts the host bundle transiently and keeps the virtual autostart setting. Shape: options as {@code Bundle.start(int)}. */
  void start(int options) throws BundleException;

  /** Stops it. Shape: options as {@code Bundle.stop(int)}. */
  void stop(int options) throws BundleException;

  /** Replaces its content, from the stream or, without one, from its location; closes the stream. */
  void update(@Nullable InputStream content) throws BundleException;

  /** Removes it from the host and from the group. */
  void uninstall() throws BundleException;
}
