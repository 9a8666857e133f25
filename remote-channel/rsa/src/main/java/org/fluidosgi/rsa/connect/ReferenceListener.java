package org.fluidosgi.rsa.connect;

import org.osgi.annotation.versioning.ConsumerType;

/** Told of the references of one connection.
 * Threads: the connection's own, in order, no lock held. What it throws is logged and stops nobody else. */
@ConsumerType
public interface ReferenceListener {
  /** The reference is leased. */
  default void added(RemoteReference reference) {}

  /** Its properties changed. */
  default void modified(RemoteReference reference) {}

  /** It is leased no more: the node withdrew it, or the connection ended. */
  default void removed(RemoteReference reference) {}
}
