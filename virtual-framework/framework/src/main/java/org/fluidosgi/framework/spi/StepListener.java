package org.fluidosgi.framework.spi;

import org.osgi.annotation.versioning.ConsumerType;

/** Hears how far the installation, update or uninstallation of a virtual bundle has come on this node: for audits, and for tests that
 * end a process at each step. A service; all there are hear of each step.
 * Threads: the one that makes the change, which waits until the listener returns. Errors: what it throws is logged, the change goes on.
 * Source: protocol-framework, section 3. */
@ConsumerType
public interface StepListener {
  /** That step is over. Shape: {@code install}, {@code update} or {@code uninstall}, a dot, and {@code asked}, {@code answered} on the node that
   * asks another one; {@code begun}, {@code applied}, {@code decided}, {@code ended} on the node of the bundle. */
  void onStep(String step, String location);
}
