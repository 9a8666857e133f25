package org.fluidosgi.groupstore.internal.raft;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.testkit.GroupStoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on three voters over real channels, asked at one that does not lead; and their leader killed. */
class AgreedGroupStoreContractTest extends GroupStoreContract {
  @TempDir
  Path folder;

  private ChannelStores stores;
  private ChannelStores.Node follower;

  @BeforeEach
  void open() {
    stores = new ChannelStores(folder);
    for (String name : List.of("n1", "n2", "n3")) {
      stores.start(name);
      stores.view();
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> stores.nodes.stream()
            .allMatch(each -> each.voters().nodes().size() == 3
                && each.store.node().isVoter()
                && each.voters().leader().isPresent()));
    NodeId leader = stores.nodes.get(0).voters().leader().orElseThrow();
    follower = stores.nodes.stream()
        .filter(each -> !each.id().equals(leader))
        .findFirst()
        .orElseThrow();
  }

  @AfterEach
  void close() {
    stores.close();
  }

  @Override
  protected GroupStore store() {
    return follower.store;
  }

  @Override
  protected GroupStore other() {
    return stores.nodes.get(0).store;
  }

  @Test
  void killedLeaderIsReplacedAndWatchersGoOn() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    store().watch("", (key, now) -> told.add(key));
    store()
        .compareAndSet("before", 0, new byte[] {1})
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    NodeId leader = follower.voters().leader().orElseThrow();
    stores.nodes.stream()
        .filter(each -> each.id().equals(leader))
        .forEach(ChannelStores.Node::kill);
    stores.view();
    Versioned found = store().read("before").toCompletableFuture().get(30, TimeUnit.SECONDS);
    while (found.stale()) { // each read waits for a majority by itself
      found = store().read("before").toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    assertArrayEquals(new byte[] {1}, found.value());
    store()
        .compareAndSet("after", 0, new byte[] {2})
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    await().until(() -> told.contains("after"));
    assertEquals(List.of("before", "after"), told);
    assertFalse(follower.voters().leader().orElseThrow().equals(leader));
  }
}
