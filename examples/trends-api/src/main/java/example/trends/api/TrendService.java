package example.trends.api;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** The ten most used hashtags of a region. A service; its property {@code regions} names the regions it serves.
 * Threads: any. */
@ProviderType
public interface TrendService {
  /** Most places that a list has. */
  int PLACES = 10;

  /** The regions there are. */
  Set<String> regions();

  /** The most used hashtags of that region, by rank.
   * Shape: at most {@link #PLACES}. */
  List<Trend> top(String region) throws UnknownRegionException;

  /** As {@link #top}, without waiting for it.
   * Errors: fails with UnknownRegionException. */
  CompletableFuture<List<Trend>> topAsync(String region);

  /** Counts one more use of a hashtag in that region; answers how often it was used by now.
   * Errors: IllegalArgumentException unless it is # and 1..100 characters. */
  long mention(String region, String hashtag) throws UnknownRegionException;

  /** Version of the region's list: rises by one whenever the list of {@link #top} changes, from 1 on. */
  long version(String region) throws UnknownRegionException;

  /** Waits until the version of the region's list differs from the known one or the time is up; answers the list then in force.
   * Shape: at once for a time of 0 or less. Errors: IllegalStateException when the service goes away meanwhile. */
  List<Trend> awaitChange(String region, long knownVersion, long timeoutMillis)
      throws UnknownRegionException, InterruptedException;
}
