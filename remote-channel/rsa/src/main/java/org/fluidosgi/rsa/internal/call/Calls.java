package org.fluidosgi.rsa.internal.call;

import java.nio.ByteBuffer;

/** Sends requests to endpoints: {@link Caller} by the routes of the node, {@link StreamCaller} on one stream only.
 * Threads: any; nothing blocks. */
interface Calls {
  /** Sends the request. The future completes with the answer, from its kind on, or fails with a ChannelException; cancelling it
   * cancels the call at the peer. It may complete on a network loop. */
  Caller.Call send(RemoteTarget own, String method, ByteBuffer request, long timeoutMillis);
}
