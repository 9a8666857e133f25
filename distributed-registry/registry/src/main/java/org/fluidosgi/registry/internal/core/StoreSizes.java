package org.fluidosgi.registry.internal.core;

/** How much a store holds at one moment beside its own records: what is bounded, for displays and for checks.
 * Shape: {@code owners} other members known; {@code records} of theirs; {@code writesAhead} writes that wait for a missing one;
 * {@code reading}, {@code readsWaiting} snapshots that are read or wait for it; {@code recordsRead} records of snapshots that are
 * not complete; {@code snapshotsKept} own states kept for readers; {@code livesKept} lives remembered of nodes that left;
 * {@code warned} matters warned of once; {@code bytesDelivered} bytes of messages that wait for the task queue. */
public record StoreSizes(
    int owners,
    int records,
    int writesAhead,
    int reading,
    int readsWaiting,
    int recordsRead,
    int snapshotsKept,
    int livesKept,
    int warned,
    long bytesDelivered) {}
