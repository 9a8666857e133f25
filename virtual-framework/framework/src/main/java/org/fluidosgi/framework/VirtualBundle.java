package org.fluidosgi.framework;

import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.Bundle;

/** A bundle of the group: installed on one node, seen and controlled alike from every node.
 * Threads: as {@link Bundle}. */
@ProviderType
public interface VirtualBundle extends Bundle {
  /** Group-wide id; {@link #getBundleId()} gives the same as a {@code long}. */
  VirtualId id();

  /** The node that holds it now. */
  VirtualNode node();

  /** SHA-256 of its content, as 64 hexadecimal digits. */
  String sha256();
}
