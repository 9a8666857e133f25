package example.trends.api;

import java.util.Collection;
import java.util.TreeSet;

/** The service serves no such region. */
public class UnknownRegionException extends Exception {
  private static final long serialVersionUID = 1L;

  public UnknownRegionException(String region, Collection<String> known) {
    super("no region '" + region + "', there are " + String.join(", ", new TreeSet<>(known)));
  }
}
