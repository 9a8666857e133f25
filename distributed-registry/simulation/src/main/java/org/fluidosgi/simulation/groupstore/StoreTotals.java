package org.fluidosgi.simulation.groupstore;

/** What clients of the group stores did: writes and reads that were answered, conflicts; writes refused, reads stale; answers of
 * which nobody knows which group's store gave them; groups that ever answered. */
public record StoreTotals(
    long writes, long reads, long conflicts, long refused, long stale, long nobodys, int groups) {}
