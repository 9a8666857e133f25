package org.fluidosgi.registry;

import org.osgi.annotation.versioning.ConsumerType;

/** Receives what a subscription selects: first a snapshot as additions, then {@code complete}, then changes.
 * Threads: one call at a time, in the order of each owner's writes, on the node's task queue, where it must not block, or on the executor that it was subscribed
 * with, where it may. */
@ConsumerType
public interface Sink {
  /** A record appeared. */
  void added(RegistryRecord record);

  /** A known record changed; {@code before} is what was told last, or the same write read again. */
  void modified(RegistryRecord record, RegistryRecord before);

  /** A record is gone: withdrawn, or its owner left. */
  void removed(RegistryRecord record);

  /** Everything known at that epoch of the view has been told. */
  default void complete(long epoch) {}
}
