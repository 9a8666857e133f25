package org.fluidosgi.groupstore.internal.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.channel.StandaloneNode;
import org.fluidosgi.groupstore.GroupVoters;
import org.fluidosgi.groupstore.internal.core.ChannelPeers;
import org.fluidosgi.registry.View;

/** Agreed stores of nodes in this JVM, over real channels, on real files, in real time. */
final class ChannelStores implements AutoCloseable {
  private final Path folder;
  final List<Node> nodes = new ArrayList<>();
  private long epoch;

  ChannelStores(Path folder) {
    this.folder = folder;
  }

  /** A node, its channels and its store. */
  final class Node implements ChannelPeers.Upward {
    final StandaloneNode node;
    final AgreedGroupStore store;
    private final ExecutorService disk;
    private final ChannelPeers peers;
    private boolean closed;

    Node(String name) {
      Map<String, String> settings = Map.of(
          "fluid.name", name, "fluid.data.dir", folder.resolve(name).toString(), "fluid.port", "0");
      node = StandaloneNode.open(new Settings(settings::get));
      LocalNode local = node.localNode();
      disk = Executors.newSingleThreadExecutor(run -> {
        Thread made = new Thread(run, "test-disk-" + name);
        made.setDaemon(true);
        return made;
      });
      peers = new ChannelPeers(node.multiplexer(), this);
      store = new AgreedGroupStore(
          new AgreedGroupStore.Place(
              name,
              local.info().id(),
              local.dataDirectory().resolve("group-store"),
              local.env(),
              disk,
              local.env(),
              peers),
          new AgreedGroupStore.Options(
              3, Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(25)));
      CompletableFuture.runAsync(
              () -> {
                try {
                  store.open(List.of());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              disk)
          .join();
      node.multiplexer().serve(ChannelPeers.ENDPOINT, peers);
    }

    NodeId id() {
      return node.localNode().info().id();
    }

    @Override
    public void message(NodeId from, byte[] message) {
      store.onMessage(from, message);
    }

    @Override
    public CompletionStage<byte[]> request(NodeId from, byte[] request) {
      return store.onRequest(from, request);
    }

    GroupVoters.Voters voters() {
      try {
        return store.voters().toCompletableFuture().get(10, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    /** The sockets close, nobody says good-bye. */
    void kill() {
      if (!closed) {
        closed = true;
        disk.execute(store::close);
        disk.shutdown();
        node.close();
      }
    }
  }

  /** Starts a node and connects it to the others. */
  Node start(String name) {
    Node started = new Node(name);
    for (Node other : nodes) {
      if (!other.closed) {
        try {
          started
              .node
              .multiplexer()
              .connect(other.node.localNode().info().address())
              .get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
          throw new ChannelException(
              ChannelException.Scope.CHANNEL, ChannelException.Effect.NONE, "no channel", e);
        }
      }
    }
    nodes.add(started);
    return started;
  }

  /** Those that live see one another, in order of their start. */
  void view() {
    List<Node> living = nodes.stream().filter(each -> !each.closed).toList();
    View view = new View(++epoch, living.stream().map(Node::id).toList(), Set.of());
    living.forEach(each -> each.store.onView(view));
  }

  @Override
  public void close() {
    nodes.forEach(Node::kill);
  }
}
