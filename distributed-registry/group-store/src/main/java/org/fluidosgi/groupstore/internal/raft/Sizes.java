package org.fluidosgi.groupstore.internal.raft;

/** How much a store holds at a moment: all of it has limits.
 * Shape: questions of its clients that wait; members' questions for what changed that wait; wishes to vote; changes remembered
 * for those who follow; log entries and pieces of snapshots in memory; bytes of the log file. */
public record Sizes(
    int asking,
    int following,
    int wishes,
    int changes,
    int logEntries,
    int pieces,
    long logBytes) {}
