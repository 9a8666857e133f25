package org.fluidosgi.rsa.connect;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.NodeAddress;

/** The example of docs/applications.md, run by a test: prices from one known node. */
public final class Totals {
  /** What the other node exports. */
  public interface Order {
    int total(int count);
  }

  private final RemoteConnector connector;

  /** Shape: {@code connector} is the service of that name. */
  public Totals(RemoteConnector connector) {
    this.connector = connector;
  }

  /** What so many cost at the node with that address, asked twice. */
  public int total(String address, int count) throws Exception {
    try (RemoteConnection connection = connector
        .connect(NodeAddress.parse(address))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS)) {
      RemoteReference reference = connection.references("(colour=blue)").get(0);
      Order order = connection.fetch(reference, Order.class); // its proxy is made now
      int waited = order.total(count);
      CompletionStage<Integer> later =
          connection.call(reference, Order.class, each -> each.total(count));
      return waited + later.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }
}
