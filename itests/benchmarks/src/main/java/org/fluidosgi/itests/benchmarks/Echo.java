package org.fluidosgi.itests.benchmarks;

import java.util.concurrent.CompletableFuture;
import org.fluidosgi.itests.benchmarks.api.EchoService;
import org.fluidosgi.itests.benchmarks.api.Order;

/** The service itself; does no work, so that only the way is measured. */
final class Echo implements EchoService {
  @Override
  public int echoInt(int value) {
    return value;
  }

  @Override
  public byte[] echoBytes(byte[] data) {
    return data;
  }

  @Override
  public Order echoOrder(Order order) {
    return order;
  }

  @Override
  public CompletableFuture<Integer> echoAsync(int value) {
    return CompletableFuture.completedFuture(value);
  }
}
