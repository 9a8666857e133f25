package org.fluidosgi.itests.conformance.api;

import java.util.List;

/** Has the counterpart do what the suite then looks for. Threads: any. */
public interface Control {
  /** Registers a {@link Greeter} with that colour and ranking. */
  void register(String colour, int ranking);

  /** Changes the colour of the one registered last under the first. */
  void recolour(String colour, String now);

  /** Unregisters the one of that colour. */
  void unregister(String colour);

  /** Colours of the greeters that the counterpart finds with that filter. */
  List<String> find(String filter);
}
