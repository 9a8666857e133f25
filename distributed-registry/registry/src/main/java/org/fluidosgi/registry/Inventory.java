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
   * its records were read; {@code incarnation} is null until it was heard of; {@code reading} is null while its records are not being read.
   * Source: protocol-registry section 1. */
  public record Owner(
      NodeId node,
      @Nullable Incarnation incarnation,
      boolean known,
      long seq,
      int records,
      long hash,
      @Nullable Reading reading) {
    /** One whose records are not being read. */
    public Owner(
        NodeId node,
        @Nullable Incarnation incarnation,
        boolean known,
        long seq,
        int records,
        long hash) {
      this(node, incarnation, known, seq, records, hash, null);
    }
  }

  /** How far the reading of a member's records has come; {@code total} is zero until its first answer. */
  public record Reading(int received, int total) {}
}
