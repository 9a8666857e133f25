package org.fluidosgi.channel;

import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** A request as its receiver sees it. Threads: any. */
@ProviderType
public interface IncomingCall {
  /** The header that the caller sent. */
  CallHeader header();

  /** Who calls. */
  NodeInfo caller();

  /** Completes when the caller has given up: cancelled, stream or channel closed. */
  CompletableFuture<Void> whenCancelled();
}
