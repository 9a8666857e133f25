package org.fluidosgi.itests.support;

import java.util.List;
import java.util.function.BiPredicate;

/** A network between node processes that a test cuts and heals. Closed after the processes have ended. */
public interface CuttableNetwork extends AutoCloseable {
  /** What stands before the command line of that node. */
  List<String> prefix(String node);

  /** Arguments with which that node listens in this network. */
  List<String> arguments(String node);

  /** From now on nothing gets from the first to the second where the predicate says so. */
  void cut(BiPredicate<String, String> now);

  /** Everything passes again. */
  default void heal() {
    cut((from, to) -> false);
  }

  @Override
  void close();
}
