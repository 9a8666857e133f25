package org.fluidosgi.groupstore;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.NodeId;
import org.osgi.annotation.versioning.ProviderType;

/** Who decides in the group store. A service where the store is agreed by several nodes.
 * Threads: any; nothing here blocks. */
@ProviderType
public interface GroupVoters {
  /** The voters as this node knows them. Errors: IllegalStateException when the store has stopped. */
  CompletionStage<Voters> voters();

  /** Begins a new group store with what this node knows to be decided, as a voter or from its copy, without the voters that are away: for
   * an administrator who knows that they never come back. What they decided without this node is lost; one that comes back after
   * all joins the new store.
   * Errors: IllegalStateException while a majority answers, on a node that does not know the entries, and when its disk does not
   * take the log. */
  CompletionStage<Voters> goOnAlone();

  /** The voters of a group store and which of them leads; {@code group} names the store, and changes when another one is joined. */
  record Voters(Optional<UUID> group, List<NodeId> nodes, Optional<NodeId> leader) {
    public Voters {
      nodes = List.copyOf(nodes);
    }
  }
}
