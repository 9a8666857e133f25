package org.fluidosgi.framework;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.resource.Requirement;

/** The group of machines as one framework. A service.
 * Threads: any; methods that change a bundle on another node block until it answered, time out after
 * {@code fluid.framework.timeout.millis} (default 30 s) and are not to be called from a hook or a synchronous listener.
 * Source: mission A3, architecture section 2. */
@ProviderType
public interface VirtualFramework {
  /** Members of the group, by ordinal. */
  List<VirtualNode> nodes();

  /** This node. */
  VirtualNode localNode();

  /** The node of that name, {@code n<ordinal>}, or beginning of its UUID.
   * Errors: IllegalArgumentException when none or several match, naming those there are. */
  VirtualNode node(String nameOrId);

  /** Virtual bundles of the whole group, by id. */
  List<VirtualBundle> bundles();

  /** The bundle with that id. */
  Optional<VirtualBundle> bundle(long id);

  /** The bundle named by an id ({@code n2:7}) or by a symbolic name with an optional version ({@code name/1.2.0}).
   * Errors: IllegalArgumentException when none or several match, naming those there are. */
  VirtualBundle bundle(String idOrName);

  /** The context of the virtual system bundle: what is looked up there, and the listeners added there, see the bundles and services of the group. Bundle listeners
   * hear of bundles of other nodes from a thread of ours; framework events are those of this node.
   * Errors: IllegalStateException while this framework is closed. */
  BundleContext systemContext();

  /** Services that nodes share with the group, by node and id. */
  List<VirtualService> services();

  /** Who has a capability that satisfies the requirement - a package, a bundle, a service, {@code osgi.content} by SHA-256: virtual and host bundles
   * of all nodes, installed or more, looked up by key in this node's copy of all records, which follows every change; and the
   * resources of this host's Repository services (chapter 132), which have {@code fluid.framework.timeout.millis} to answer. Does not block.
   * Errors: IllegalArgumentException when the requirement's filter is wrong; the stage fails with IllegalStateException while
   * there is no registry. */
  CompletionStage<Providers> findProviders(Requirement requirement);

  /** Reads the bundle at that URL here, sends it to the node, installs it there, and keeps a copy by its SHA-256 here.
   * Installing a location that is installed on that node already returns that bundle (core 4.4.3).
   * Errors: BundleException whose message names location, node, cause and remedy. */
  VirtualBundle install(String location, VirtualNode node) throws BundleException;

  /** Reads the bundle at that URL here and installs it on the best of the nodes whose {@link VirtualNode#properties} match the filter
   * (null = all of them): they are tried from the least busy on, and the first on which the bundle resolves keeps it. Least busy is who has
   * the lowest load per processor (in quarters), then the fewest virtual bundles per processor, then the most free memory. A location that is
   * installed on a matching node already returns that bundle. Where it does not resolve it is uninstalled again.
   * Errors: BundleException whose message names each node with what was wrong there, and when nobody knows whether a node
   * has installed it: then no other is tried. IllegalArgumentException when the filter is wrong. */
  VirtualBundle place(String location, @Nullable String filter) throws BundleException;
}
