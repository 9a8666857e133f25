package example.trends.provider;

import example.trends.api.Trend;
import example.trends.api.TrendService;
import example.trends.api.UnknownRegionException;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Counts uses of hashtags, beginning with those of a data file.
 * Shape of the file: lines {@code region,#hashtag,uses}; lines that begin with {@code ;} and empty ones are skipped. */
final class FileTrendService implements TrendService {
  private static final int HASHTAG_CHARS_MAX = 101;

  private final Map<String, Region> regions;

  FileTrendService(BufferedReader rows) throws IOException {
    Map<String, Map<String, Long>> uses = new TreeMap<>();
    int number = 0;
    for (String row = rows.readLine(); row != null; row = rows.readLine()) {
      number++;
      if (!row.isBlank() && !row.startsWith(";")) {
        read(row, number, uses);
      }
    }
    Map<String, Region> byName = new TreeMap<>();
    uses.forEach((name, counts) -> byName.put(name, new Region(counts)));
    regions = byName;
  }

  private static void read(String row, int number, Map<String, Map<String, Long>> uses)
      throws IOException {
    String[] parts = row.split(",", -1);
    try {
      uses.computeIfAbsent(parts[0].trim(), name -> new TreeMap<>())
          .merge(parts[1].trim(), Long.parseLong(parts[2].trim()), Long::sum);
    } catch (RuntimeException e) {
      throw new IOException("line " + number + " is not 'region,#hashtag,uses': " + row, e);
    }
  }

  @Override
  public Set<String> regions() {
    return Set.copyOf(regions.keySet());
  }

  @Override
  public List<Trend> top(String region) throws UnknownRegionException {
    return find(region).top();
  }

  @Override
  public CompletableFuture<List<Trend>> topAsync(String region) {
    try {
      return CompletableFuture.completedFuture(top(region));
    } catch (UnknownRegionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public long mention(String region, String hashtag) throws UnknownRegionException {
    if (!hashtag.startsWith("#") || hashtag.length() < 2 || hashtag.length() > HASHTAG_CHARS_MAX) {
      throw new IllegalArgumentException(
          "'" + hashtag + "' is no hashtag: write # and 1..100 characters");
    }
    return find(region).mention(hashtag);
  }

  @Override
  public long version(String region) throws UnknownRegionException {
    return find(region).version();
  }

  @Override
  public List<Trend> awaitChange(String region, long knownVersion, long timeoutMillis)
      throws UnknownRegionException, InterruptedException {
    return find(region).awaitChange(knownVersion, timeoutMillis);
  }

  /** Ends every call that waits. */
  void close() {
    regions.values().forEach(Region::close);
  }

  private Region find(String name) throws UnknownRegionException {
    Region region = regions.get(name);
    if (region == null) {
      throw new UnknownRegionException(name, regions.keySet());
    }
    return region;
  }
}
