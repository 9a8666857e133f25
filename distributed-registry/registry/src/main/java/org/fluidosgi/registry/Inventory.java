package org.fluidosgi.registry;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.jspecify.annotations.Nullable;

/** What a store holds at one moment.
 * Shape: {@code owners} in order of the view; {@code kinds} counts all records that this node knows, its own of local scope included,
 * by kind. Threads: immutable. */
public record Inventory(List<Owner> owners, SortedMap<String, Integer> kinds) {
  public Inventory {
    owners = List.copyOf(owners);
    kinds = Collections.unmodifiableSortedMap(new TreeMap<>(kinds));
  }

  /** Whether the records of some member are not known yet. */
  public boolean partial() {
    return owners.stream().anyMatch(owner -> !owner.known());
  }

  /** One member's shared records as this node knows them.
   * Shape: {@code seq}, {@code records} and {@code hash} are what its digest is compared with; {@code known} is false, and they are zero, until
   * its records were read; {@code incarnation} is null until it was heard of. Source: protocol-registry section 1. */
  public record Owner(
      NodeId node,
      @Nullable Incarnation incarnation,
      boolean known,
      long seq,
      int records,
      long hash) {}
}
