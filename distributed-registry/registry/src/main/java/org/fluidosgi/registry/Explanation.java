package org.fluidosgi.registry;

import java.util.List;
import org.fluidosgi.channel.NodeId;

/** How a store answers an interest, and what came of it.
 * Shape: {@code keys} are those looked under, empty when all records of the kind were looked at; {@code candidates} is how many records stand
 * under any of them and so were tried, {@code matches} how many of these match; {@code where} are the nodes that evaluated it;
 * {@code partial} says that members are known whose records are not. Threads: immutable. */
public record Explanation(
    Interest interest,
    List<Key> keys,
    int candidates,
    int matches,
    List<NodeId> where,
    boolean partial) {
  public Explanation {
    keys = List.copyOf(keys);
    where = List.copyOf(where);
  }

  /** A key and how many records stand under it. */
  public record Key(String key, int records) {}
}
