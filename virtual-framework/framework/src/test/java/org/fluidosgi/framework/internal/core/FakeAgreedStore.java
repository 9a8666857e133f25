package org.fluidosgi.framework.internal.core;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.GroupVoters;

/** A group store in memory that several nodes have agreed on. */
public final class FakeAgreedStore extends FakeGroupStore implements GroupVoters {
  private final Voters voters = new Voters(
      Optional.of(new UUID(3, 3)),
      List.of(new NodeId(new UUID(0, 1)), new NodeId(new UUID(0, 2))),
      Optional.empty());

  @Override
  public CompletionStage<Voters> voters() {
    return CompletableFuture.completedFuture(voters);
  }

  @Override
  public CompletionStage<Voters> goOnAlone() {
    throw new UnsupportedOperationException();
  }
}
