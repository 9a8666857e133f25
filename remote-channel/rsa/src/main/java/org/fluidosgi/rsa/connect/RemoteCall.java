package org.fluidosgi.rsa.connect;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** Says which method is to be called with what. Threads: the caller's, once. */
@FunctionalInterface
@ConsumerType
public interface RemoteCall<S, R> {
  /** Calls exactly one method of the recorder, which returns null or zero. Errors: what the method declares, never in fact. */
  @Nullable
  R on(S service) throws Exception;
}
