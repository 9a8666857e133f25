package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.internal.core.ContentStore;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.fluidosgi.framework.internal.core.Verdicts.Question;
import org.jspecify.annotations.Nullable;

/** Content on its way to this node, at most one per stream; gone with its stream.
 * Limit: {@value #TRANSFERS_MAX} at a time. Threads: those of one stream come one after another. */
final class Transfers {
  /** Most transfers at a time; one more is refused. */
  static final int TRANSFERS_MAX = 16;

  /** Silence after which a transfer makes place for another. */
  static final Duration IDLE_MAX = Duration.ofSeconds(60);

  private final ContentStore store;
  private final Map<ChannelStream, Transfer> open = new ConcurrentHashMap<>();

  /** What is to be done with the content. */
  sealed interface Order {}

  record Install(String location, @Nullable Question asked) implements Order {}

  record Update(VirtualId id, @Nullable Question asked) implements Order {}

  /** Content that is here, and what for. */
  record Complete(Order order, Content content) {}

  private static final class Transfer {
    final Order order;
    final ContentStore.@Nullable Incoming incoming;
    final @Nullable Content known;
    volatile long lastNanos = System.nanoTime();

    Transfer(Order order, ContentStore.@Nullable Incoming incoming, @Nullable Content known) {
      this.order = order;
      this.incoming = incoming;
      this.known = known;
    }
  }

  Transfers(ContentStore store) {
    this.store = store;
  }

  /** Begins one; true when the content is here already and need not be sent. */
  boolean begin(ChannelStream stream, Order order, String sha256, long size) throws IOException {
    abandon(stream);
    dropIdle();
    if (open.size() >= TRANSFERS_MAX) {
      throw new IOException(
          TRANSFERS_MAX + " transfers to this node are under way: try again later");
    }
    Optional<Content> known = store.find(sha256);
    boolean have = known.isPresent() && known.get().size() == size;
    Transfer fresh = have
        ? new Transfer(order, null, known.get())
        : new Transfer(order, store.begin(sha256, size), null);
    open.put(stream, fresh);
    if (stream.whenClosed().isDone()) {
      abandon(stream);
    }
    return have;
  }

  private void dropIdle() {
    open.forEach((stream, transfer) -> {
      if (System.nanoTime() - transfer.lastNanos > IDLE_MAX.toNanos()) {
        abandon(stream);
      }
    });
  }

  /** Takes the next piece; returns how much is here. */
  long append(ChannelStream stream, long offset, ByteBuffer bytes) throws IOException {
    Transfer transfer = open.get(stream);
    if (transfer == null || transfer.incoming == null) {
      throw new IOException("a piece of content that was not announced");
    }
    transfer.lastNanos = System.nanoTime();
    return transfer.incoming.append(offset, bytes);
  }

  /** Ends it: the content was verified. */
  Complete finish(ChannelStream stream) throws IOException {
    Transfer transfer = open.remove(stream);
    if (transfer == null) {
      throw new IOException("nothing was announced on this stream");
    }
    Content known = transfer.known;
    if (known != null) {
      return new Complete(transfer.order, known);
    }
    if (transfer.incoming == null) {
      throw new IllegalStateException("a transfer without content");
    }
    return new Complete(transfer.order, transfer.incoming.finish());
  }

  /** Drops what came on that stream. */
  void abandon(ChannelStream stream) {
    Transfer transfer = open.remove(stream);
    if (transfer != null && transfer.incoming != null) {
      transfer.incoming.abandon();
    }
  }

  /** How many are under way. */
  int count() {
    return open.size();
  }
}
