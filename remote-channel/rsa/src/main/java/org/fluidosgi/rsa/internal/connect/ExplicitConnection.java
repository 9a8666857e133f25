package org.fluidosgi.rsa.internal.connect;

import static org.fluidosgi.channel.ChannelException.Effect.NONE;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.rsa.connect.ReferenceListener;
import org.fluidosgi.rsa.connect.RemoteCall;
import org.fluidosgi.rsa.connect.RemoteConnection;
import org.fluidosgi.rsa.connect.RemoteReference;
import org.fluidosgi.rsa.internal.call.Caller;
import org.fluidosgi.rsa.internal.lease.LeaseWire;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/** Two streams of one channel: one on which the peer tells what it leases, one for calls. Both end together, and with them the connection.
 * Invariant: one question for changes is open at a time, and the next is asked when the listeners have heard of the answer, so that nothing
 * piles up here. State: why it ended, set once; the rest is owned by the lane. Threads: any. */
final class ExplicitConnection implements RemoteConnection {
  /** What it is made of. Shape: {@code ended} is told once, on any thread, when no stream is open any more. */
  record Parts(
      NodeAddress address,
      ChannelStream leases,
      ChannelStream calls,
      Executor lane,
      LongSupplier callIds,
      Consumer<ExplicitConnection> ended) {}

  private final Parts parts;
  private final NodeInfo peer;
  private final References references;
  private final Fetching fetching;
  private final AtomicReference<@Nullable ChannelException> end = new AtomicReference<>();
  private final CompletableFuture<ChannelException> closed = new CompletableFuture<>();
  private final CompletableFuture<RemoteConnection> opened = new CompletableFuture<>();

  /** Shape: {@code fetching} makes what fetches, from what tells why the connection is over. */
  ExplicitConnection(
      Parts parts, Function<Supplier<@Nullable ChannelException>, Fetching> fetching) {
    this.parts = parts;
    this.peer = parts.leases().channel().peer();
    this.references = new References(peer, this::isOpen);
    this.fetching = fetching.apply(end::get);
  }

  /** Begins to read what is leased. The future completes, on the lane, when all is known, or fails with why it ended before. */
  CompletableFuture<RemoteConnection> open(Duration limit) {
    parts.leases().whenClosed().thenAccept(this::end);
    parts.calls().whenClosed().thenAccept(this::end);
    ask(limit);
    return opened;
  }

  private void ask(Duration limit) {
    parts
        .leases()
        .request(CallHeader.first(parts.callIds().getAsLong(), limit), LeaseWire.request())
        .whenComplete((answer, failure) -> parts.lane().execute(() -> answered(answer, failure)));
  }

  private void answered(@Nullable ByteBuffer content, @Nullable Throwable failure) {
    if (!isOpen()) {
      return;
    }
    if (failure != null || content == null) {
      end(Caller.asChannelException(
          failure == null ? new IllegalStateException("no answer") : failure, NONE));
      return;
    }
    LeaseWire.Answer answer;
    try {
      answer = LeaseWire.readAnswer(content);
      references.apply(answer.changes());
    } catch (RuntimeException e) {
      end(Caller.asChannelException(e, NONE));
      return;
    }
    if (isOpen()) {
      ask(Duration.ofMillis(answer.leaseMillis()));
      if (answer.snapshotWhole()) {
        opened.complete(this);
      }
    }
  }

  /** Ends the connection for that reason; the first one counts. */
  void end(ChannelException reason) {
    if (!end.compareAndSet(null, reason)) {
      return;
    }
    parts.calls().close();
    parts.leases().close();
    fetching.close();
    parts.ended().accept(this);
    parts.lane().execute(() -> {
      references.end();
      opened.completeExceptionally(reason);
      closed.complete(reason);
    });
  }

  @Override
  public void close() {
    end(new ChannelException(
        Scope.STREAM, NONE, "the connection to " + peer.name() + " was closed on this side"));
  }

  @Override
  public NodeInfo peer() {
    return peer;
  }

  @Override
  public NodeAddress address() {
    return parts.address();
  }

  @Override
  public boolean isOpen() {
    return end.get() == null;
  }

  @Override
  public CompletionStage<ChannelException> closed() {
    return closed.minimalCompletionStage();
  }

  @Override
  public List<RemoteReference> references() {
    return references.all();
  }

  @Override
  public List<RemoteReference> references(String filter) {
    try {
      return references(FrameworkUtil.createFilter(filter));
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException("the filter is wrong: " + e.getMessage(), e);
    }
  }

  @Override
  public List<RemoteReference> references(Filter filter) {
    return references().stream().filter(each -> each.matches(filter)).toList();
  }

  @Override
  public Registration listen(ReferenceListener listener) {
    OnceListener once = new OnceListener(listener);
    parts.lane().execute(() -> references.add(once));
    return () -> {
      once.close();
      parts.lane().execute(() -> references.remove(once));
    };
  }

  @Override
  public <S> S fetch(RemoteReference reference, Class<S> type) {
    return fetching.fetch(own(reference), type);
  }

  @Override
  public Object fetch(RemoteReference reference) {
    return fetching.fetch(own(reference));
  }

  @Override
  public void release(Object service) {
    fetching.release(service);
  }

  @Override
  @SuppressWarnings("unchecked") // the method's result is what the function returns
  public <S, R> CompletionStage<R> call(
      RemoteReference reference, Class<S> type, RemoteCall<? super S, R> call) {
    LeasedReference own = own(reference);
    fetching.check(own, type);
    return (CompletionStage<R>) fetching.call(own, type, Recorder.record(type, call));
  }

  private LeasedReference own(RemoteReference reference) {
    if (reference instanceof LeasedReference leased && leased.isOf(references)) {
      return leased;
    }
    throw new IllegalArgumentException(reference + " is of another connection");
  }

  @Override
  public String toString() {
    return "connection to " + peer.name() + " (" + parts.address() + ")";
  }

  /** One registration of a listener: silent once it is closed, though the lane has still to hear of that. */
  private static final class OnceListener implements ReferenceListener {
    private final ReferenceListener listener;
    private volatile boolean closed;

    OnceListener(ReferenceListener listener) {
      this.listener = listener;
    }

    void close() {
      closed = true;
    }

    @Override
    public void added(RemoteReference reference) {
      if (!closed) {
        listener.added(reference);
      }
    }

    @Override
    public void modified(RemoteReference reference) {
      if (!closed) {
        listener.modified(reference);
      }
    }

    @Override
    public void removed(RemoteReference reference) {
      if (!closed) {
        listener.removed(reference);
      }
    }
  }
}
