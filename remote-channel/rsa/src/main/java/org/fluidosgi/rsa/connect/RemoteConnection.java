package org.fluidosgi.rsa.connect;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Registration;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.Filter;

/** An explicit connection to one node, in one life of it. It ends for good when it is closed, the channel is lost, the node stops or does
 * not renew its leases in time; nothing fetched from it is ever served by another connection.
 * Threads: any; nothing blocks but calls of fetched services. */
@ProviderType
public interface RemoteConnection extends AutoCloseable {
  /** Who is at the other end, as proved by the handshake. */
  NodeInfo peer();

  /** The address that was connected to. */
  NodeAddress address();

  /** Whether calls can still be made. */
  boolean isOpen();

  /** Completes with the reason once the connection is over and its listeners were told; never fails.
   * Threads: the connection's own. */
  CompletionStage<ChannelException> closed();

  /** What the node leases at this moment, in the order in which it came; nothing once the connection is closed.
   * Shape: a copy. */
  List<RemoteReference> references();

  /** Those of them that match. Errors: IllegalArgumentException for a wrong LDAP filter, saying where. */
  List<RemoteReference> references(String filter);

  /** Those of them that match. */
  List<RemoteReference> references(Filter filter);

  /** Tells of references: first of those that are there, then of each that comes, changes or goes, until the registration or the
   * connection is closed. When the connection ends, each reference goes.
   * Threads: the connection's own, in order, no lock held. A listener that blocks delays what this connection hears, and nothing piles up
   * meanwhile: the node sums up what changed. */
  Registration listen(ReferenceListener listener);

  /** A proxy of the service, made now, which has that interface only. It is not registered anywhere. Calls behave as those of any remote
   * service, but go to this endpoint only and are never sent twice; as soon as the connection is closed or the lease has ended they fail with
   * {@link org.osgi.framework.ServiceException} of type REMOTE, whose message tells the effect: none when it was over before the call, unknown for
   * calls that were under way when the connection ended. A call that runs when only its lease ends comes to its end.
   * Shape: {@code type} is an interface of the reference, of the same major version as the peer's package if both tell one.
   * Errors: IllegalArgumentException when it is not, or the reference is of another connection; ServiceException REMOTE, effect none, when
   * the lease has ended. */
  <S> S fetch(RemoteReference reference, Class<S> type);

  /** The same with every interface of the reference that is found: as the calling bundle sees it, else as the best bundle here that
   * exports a version which fits. An interface that is found nowhere is there by its name, with no methods.
   * Errors: as above; IllegalArgumentException when none is found, or the bundle sees another major version of one. */
  Object fetch(RemoteReference reference);

  /** Gives a fetched service back: further calls of it fail with type UNREGISTERED, those that run come to their end. Closing the connection does so for all.
   * Errors: IllegalArgumentException for what was not fetched from this connection. */
  void release(Object service);

  /** Calls one method and does not wait: {@code connection.call(reference, Order.class, order -> order.total(7))}. The function is run at once on
   * a recorder, and must call exactly one method of it that returns a plain value; what it returns itself is ignored. A method that returns
   * a future or promise is called on a fetched service instead.
   * Threads: the stage completes on a thread where dependents may block. Errors: the stage fails with what the method throws, or as calls of
   * fetched services do; IllegalArgumentException, at once, as {@link #fetch(RemoteReference, Class)} does or when not exactly one such method
   * was called. */
  <S, R> CompletionStage<R> call(
      RemoteReference reference, Class<S> type, RemoteCall<? super S, R> call);

  /** Ends the connection: calls that are under way fail, effect unknown, and references go. Idempotent; returns before listeners have
   * heard of it. */
  @Override
  void close();
}
