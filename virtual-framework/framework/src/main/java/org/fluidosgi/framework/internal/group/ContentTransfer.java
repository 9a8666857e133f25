package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.core.ContentStore;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.fluidosgi.framework.internal.core.Message;
import org.fluidosgi.framework.internal.core.Op;
import org.fluidosgi.framework.internal.group.OpClient.Session;
import org.osgi.framework.BundleException;

/** Moves content between nodes: one request per piece, the next after its answer, so the receiver sets the pace.
 * Threads: any; blocks. */
final class ContentTransfer {
  /** Longest piece. Shape: bytes. */
  static final int CHUNK_BYTES = 256 * 1024;

  private final OpClient client;

  ContentTransfer(OpClient client) {
    this.client = client;
  }

  /** Sends content and has the node do with it what {@code order} says; its answer.
   * Errors: {@link UnknownEffectException} when no answer came after all was sent; before that, nothing can have been done. */
  Map<String, Object> send(VirtualNode to, Content content, Map<String, Object> order, String what)
      throws BundleException {
    try (Session session = client.open(to, what)) {
      Map<String, Object> begin = new LinkedHashMap<>(order);
      begin.put("sha256", content.sha256());
      begin.put("size", content.size());
      sendPieces(session, begin, content);
      return session.call(Op.COMMIT, Map.of());
    } catch (IOException e) {
      throw new BundleException(what + ": the copy on this node cannot be read: " + e, e);
    }
  }

  private static void sendPieces(Session session, Map<String, Object> begin, Content content)
      throws IOException, BundleException {
    try {
      if (!Boolean.TRUE.equals(session.call(Op.BEGIN, begin).get("have"))) {
        sendPieces(session, content);
      }
    } catch (UnknownEffectException e) {
      throw new BundleException(e.reason() + "; nothing was done", e);
    }
  }

  private static void sendPieces(Session session, Content content)
      throws IOException, BundleException {
    ByteBuffer piece = ByteBuffer.allocate(CHUNK_BYTES);
    try (FileChannel from = FileChannel.open(content.file(), StandardOpenOption.READ)) {
      for (long offset = 0; offset < content.size(); offset += piece.limit()) {
        piece.clear();
        while (piece.hasRemaining() && from.read(piece) >= 0) {
          // until the piece is full or the file ends
        }
        if (piece.flip().limit() == 0) {
          throw new IOException(content.file() + " is shorter than " + content.size() + " bytes");
        }
        session.chunk(offset, piece);
      }
    }
  }

  /** Gets content from the first of the nodes that has it. Errors: IOException when none has. */
  Content fetch(String sha256, ContentStore into, Supplier<List<VirtualNode>> nodes)
      throws IOException {
    StringBuilder tried = new StringBuilder();
    for (VirtualNode node : nodes.get()) {
      try (Session session = client.open(node, "fetch sha256:" + sha256)) {
        return fetch(session, sha256, into);
      } catch (BundleException | IOException | IllegalArgumentException e) {
        tried.append(tried.isEmpty() ? "" : "; ").append(e.getMessage());
      }
    }
    throw new IOException("no node has content " + sha256
        + (tried.isEmpty() ? "" : " (" + HostErrors.oneLine(tried.toString()) + ")")
        + ": install it from its URL");
  }

  private static Content fetch(Session session, String sha256, ContentStore into)
      throws IOException, BundleException {
    ContentStore.Incoming incoming = null;
    try {
      long offset = 0;
      while (true) {
        ByteBuffer answer =
            session.raw(Message.of(Op.FETCH.code(), Map.of("sha256", sha256, "offset", offset)));
        byte status = Message.code(answer);
        if (status != Message.DONE) {
          throw new BundleException(
              Message.value(Message.attributes(answer), "message", String.class));
        }
        long total = Message.offset(answer);
        if (incoming == null) {
          incoming = into.begin(sha256, total);
        }
        if (!answer.hasRemaining() && offset < total) {
          throw new IOException("an empty piece at " + offset + " of " + total);
        }
        offset = incoming.append(offset, answer);
        if (offset >= total) {
          return incoming.finish();
        }
      }
    } finally {
      if (incoming != null) {
        incoming.abandon();
      }
    }
  }
}
