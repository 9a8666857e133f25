package org.fluidosgi.framework.internal;

import java.io.InputStream;
import java.util.List;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.topology.spi.Region;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** The bundles of the group as hooks and virtual contexts ask for them.
 * Threads: any; everything but {@link #install} and {@link #usersElsewhere} reads snapshots and concurrent tables and never blocks, so hooks may call it. */
public interface HostBundles {
  /** The virtual bundle whose host bundle that is, on this node; null when it is an ordinary one. Also given from inside the host's
   * installation on, before any class of it can load. */
  @Nullable
  VirtualBundle virtualOf(Bundle host);

  /** Whether that host bundle is a virtual one. */
  boolean isVirtual(Bundle host);

  /** The virtual bundle of another node that a host bundle here holds the classes of, the one of the lowest id where several have that content;
   * null when it holds none. */
  @Nullable
  VirtualBundle copied(Bundle host);

  /** Whether that host bundle is being installed as a virtual one: the group does not know it yet, and may never. */
  boolean isInDoubt(Bundle host);

  /** Has listeners that are not synchronous told, in the order of the calls, on one thread for all events of bundles. */
  void tellInOrder(Runnable telling);

  /** Virtual bundles of the whole group, by id. */
  List<VirtualBundle> all();

  /** The bundle of that virtual id, on any node. */
  @Nullable
  VirtualBundle byId(long virtualId);

  /** The bundle of that location, on this node first, else of those that the region sees the one on the lowest ordinal. */
  @Nullable
  VirtualBundle byLocation(String location, Region region);

  /** The region that this node belongs to. */
  Region region();

  /** The virtual bundles of other nodes that use a service of that id in the group; none when nodes do not share it. Asks them, and blocks until
   * all have answered, or for {@code fluid.framework.timeout.millis} at most; who does not answer is left out. */
  List<VirtualBundle> usersElsewhere(long serviceId);

  /** Installs on this node, from the stream where one is given, else from the location; closes the stream. */
  VirtualBundle install(String location, @Nullable InputStream content) throws BundleException;

  /** The same on that node. */
  VirtualBundle install(String location, @Nullable InputStream content, VirtualNode node)
      throws BundleException;

  /** Installs on the best node that matches the filter, null = on the best of all; closes the stream. */
  VirtualBundle place(String location, @Nullable InputStream content, @Nullable String filter)
      throws BundleException;

  /** This node's ordinal in its group now. */
  int ordinal();

  /** The framework these bundles belong to. */
  VirtualFramework framework();
}
