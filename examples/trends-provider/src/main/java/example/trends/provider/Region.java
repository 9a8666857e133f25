package example.trends.provider;

import example.trends.api.Trend;
import example.trends.api.TrendService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How often each hashtag of one region was used. Threads: its own monitor guards all state. */
final class Region {
  /** Most different hashtags that are counted; further ones are refused. */
  static final int HASHTAGS_MAX = 10_000;

  private static final Comparator<Map.Entry<String, Long>> MOST_USED_FIRST =
      Map.Entry.<String, Long>comparingByValue()
          .reversed()
          .thenComparing(Map.Entry.comparingByKey());

  private final Map<String, Long> uses;
  private List<Trend> top;
  private long version = 1;
  private boolean closed;

  Region(Map<String, Long> uses) {
    this.uses = new HashMap<>(uses);
    this.top = rank(this.uses);
  }

  synchronized List<Trend> top() {
    return top;
  }

  synchronized long version() {
    return version;
  }

  synchronized long mention(String hashtag) {
    if (!uses.containsKey(hashtag) && uses.size() >= HASHTAGS_MAX) {
      throw new IllegalStateException("more than " + HASHTAGS_MAX + " different hashtags");
    }
    long now = uses.merge(hashtag, 1L, Long::sum);
    List<Trend> ranked = rank(uses);
    if (!ranked.equals(top)) {
      top = ranked;
      version++;
      notifyAll();
    }
    return now;
  }

  synchronized List<Trend> awaitChange(long knownVersion, long timeoutMillis)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (version == knownVersion && !closed) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return top;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    if (closed) {
      throw new IllegalStateException("the trend service is stopping");
    }
    return top;
  }

  /** Ends every wait. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  private static List<Trend> rank(Map<String, Long> uses) {
    List<Map.Entry<String, Long>> best = uses.entrySet().stream()
        .sorted(MOST_USED_FIRST)
        .limit(TrendService.PLACES)
        .toList();
    List<Trend> ranked = new ArrayList<>(best.size());
    for (Map.Entry<String, Long> entry : best) {
      ranked.add(new Trend(ranked.size() + 1, entry.getKey(), entry.getValue()));
    }
    return List.copyOf(ranked);
  }
}
