package org.fluidosgi.itests.benchmarks.api;

import java.util.concurrent.CompletableFuture;

/** Gives back what it got. */
public interface EchoService {
  /** The smallest call. */
  int echoInt(int value);

  /** Bulk. */
  byte[] echoBytes(byte[] data);

  /** An object of ten fields and twenty strings. */
  Order echoOrder(Order order);

  /** The smallest call, without waiting. */
  CompletableFuture<Integer> echoAsync(int value);
}
