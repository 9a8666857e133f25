package org.fluidosgi.framework.internal.core;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.GroupVoters;

/** A group store in memory that several nodes have agreed on. */
public final class FakeAgreedStore extends FakeGroupStore implements GroupVoters {
  private final AtomicInteger joining = new AtomicInteger();
  private final Voters voters = new Voters(
      Optional.of(new UUID(3, 3)),
      List.of(new NodeId(new UUID(0, 1)), new NodeId(new UUID(0, 2))),
      Optional.empty());

  /** Who looks next, so often, finds that it has not joined yet. */
  public void joining(int looks) {
    joining.set(looks);
  }

  @Override
  public CompletionStage<Voters> voters() {
    return CompletableFuture.completedFuture(
        joining.getAndUpdate(looks -> Math.max(0, looks - 1)) == 0
            ? voters
            : new Voters(Optional.empty(), List.of(), Optional.empty()));
  }

  @Override
  public CompletionStage<Voters> goOnAlone() {
    throw new UnsupportedOperationException();
  }
}
