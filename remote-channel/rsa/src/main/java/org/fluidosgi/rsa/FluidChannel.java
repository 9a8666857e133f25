package org.fluidosgi.rsa;

/** Names of the configuration type {@code fluid.channel}. Threads: constants only. */
public final class FluidChannel {
  /** The configuration type. */
  public static final String CONFIG_TYPE = "fluid.channel";

  /** Endpoint property: id of the node that serves the endpoint. Shape: UUID text. */
  public static final String NODE = "fluid.channel.node";

  /** Endpoint property: counter of that node's incarnation. Shape: Long. */
  public static final String INCARNATION = "fluid.channel.incarnation";

  /** Endpoint property: where that node is reached. Shape: {@code host:port}. */
  public static final String ADDRESS = "fluid.channel.address";

  /** Service property: {@code true} when the service never blocks and may be called on a network loop. */
  public static final String INLINE = "fluid.rsa.inline";

  /** Whether a local service hides an imported one of the same interface and no higher ranking. Shape: a setting of the node, default true,
   * and a property of a service; {@code false} in either shows the imported one beside the local one. */
  public static final String PREFER_LOCAL = "fluid.rsa.prefer.local";

  /** Service property of the Remote Services specification: milliseconds a call may take. Shape: number or its text. */
  public static final String TIMEOUT = "osgi.basic.timeout";

  private FluidChannel() {}
}
