package org.fluidosgi.itests.benchmarks.framework;

import java.util.function.BiConsumer;
import org.fluidosgi.itests.benchmarks.figures.Figure;

/** A started host framework with all bundles of the product, seen by classes of the JDK only. Owns the framework. */
public interface HostNode extends AutoCloseable {
  /** Measures on a node: what it finds, and how long it takes for it. */
  interface Measuring {
    /** Location of the witness. */
    String witness();

    /** Share of the usual number of operations. */
    double scale();

    void figure(Figure figure);
  }

  /** Its name in the group. */
  String name();

  /** Where others join it. */
  String address();

  /** Lets it look for the others. */
  void join() throws Exception;

  /** It is alone again. */
  void leave() throws Exception;

  /** Ends the framework; {@link #restart} starts it from what it has on disk. */
  @Override
  void close() throws Exception;

  void restart() throws Exception;

  /** Members of its group. */
  int nodes() throws Exception;

  /** Installs and starts the witness here, the virtual bundle whose context is asked from now on. */
  void witness(String location) throws Exception;

  /** Installs on that node of the group, by the virtual framework; returns the bundle's id in the group. */
  long install(String location, String node) throws Exception;

  /** Installs here by the witness' context. */
  long install(String location) throws Exception;

  /** Starts a bundle of the group, wherever it is, by the witness' context. */
  void start(long id) throws Exception;

  void uninstall(long id) throws Exception;

  /** How many bundles the witness' context lists; 0 while the witness does not run. */
  int listed();

  /** How many of them are active. */
  int active();

  /** In words for an error: how many of each node, by state. */
  String seen();

  /** Whether the witness' context finds a bundle of that id. */
  boolean lists(long id);

  /** Calls with the location of each bundle that a bundle listener of the witness' context hears the installation of, and whether the
   * context finds that bundle at this moment. */
  void onInstalled(BiConsumer<String, Boolean> listener);

  /** Median time of one call in microseconds, by the witness' context. Shape: {@code what} is list, id, or location; {@code number}
   * chooses among the bundles. */
  double lookUp(String what, int calls);
}
