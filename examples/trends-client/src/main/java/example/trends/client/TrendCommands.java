package example.trends.client;

import example.trends.api.Trend;
import example.trends.api.TrendService;
import example.trends.api.UnknownRegionException;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceException;
import org.osgi.framework.ServiceReference;

/** The commands of scope {@code trends}: every public method with the name of a function is one.
 * Errors: one line of text, never an exception. Threads: any. */
public final class TrendCommands {
  private static final String NO_SERVICE =
      "trends: no trend service here, start a bundle that provides one";

  private final Waiting service;
  private final Function<TrendService, @Nullable TrendService> other;
  private final Supplier<@Nullable ServiceReference<TrendService>> reference;

  /** Shape: {@code other} gives a service that is not the given one, null when there is none. */
  TrendCommands(
      Waiting service,
      Function<TrendService, @Nullable TrendService> other,
      Supplier<@Nullable ServiceReference<TrendService>> reference) {
    this.service = service;
    this.other = other;
    this.reference = reference;
  }

  /** The most used hashtags of a region. */
  public String top(String region) {
    return read(trends -> table(trends.top(region)));
  }

  /** The regions that the service serves. */
  public String regions() {
    return read(trends -> String.join(" ", new TreeSet<>(trends.regions())));
  }

  /** Counts one more use of a hashtag. Asked once only: asked again it might be counted twice. */
  public String mention(String region, String hashtag) {
    return ask(trends -> hashtag + " used " + trends.mention(region, hashtag) + " times");
  }

  /** Waits that long for a change of a region's list, then shows the list. */
  public String follow(String region, long millis) {
    return read(trends -> {
      long known = trends.version(region);
      List<Trend> list = trends.awaitChange(region, known, millis);
      String found = trends.version(region) == known ? "no change" : "changed";
      return table(list) + "\n" + found;
    });
  }

  /** Where the service comes from: this framework or another one. */
  public String source() {
    ServiceReference<TrendService> found = reference.get();
    if (found == null) {
      return NO_SERVICE;
    }
    return ask(trends -> (found.getProperty("service.imported") == null ? "local" : "remote")
        + ": class "
        + trends.getClass().getName()
        + ", bundle "
        + found.getBundle()
        + ", trends.source "
        + found.getProperty("trends.source"));
  }

  /** Asks another service if the first one cannot be reached: only for questions that change nothing. */
  private String read(Question question) {
    return ask(trends -> {
      try {
        return question.ask(trends);
      } catch (ServiceException e) { // REMOTE: no answer; UNREGISTERED: gone before the call
        TrendService next = other.apply(trends);
        if (next == null) {
          throw e;
        }
        return question.ask(next);
      }
    });
  }

  private String ask(Question question) {
    try {
      TrendService trends = service.get();
      return trends == null ? NO_SERVICE : question.ask(trends);
    } catch (UnknownRegionException e) {
      return "trends: " + e.getMessage();
    } catch (ServiceException e) {
      return "trends: the service could not be reached: " + oneLine(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "trends: interrupted while waiting";
    } catch (RuntimeException e) {
      return "trends: the service failed: " + oneLine(e);
    }
  }

  private static String oneLine(RuntimeException e) {
    String message = e.getMessage();
    return message == null
        ? e.getClass().getName()
        : message.lines().findFirst().orElse("");
  }

  private static String table(List<Trend> trends) {
    StringBuilder text = new StringBuilder("RANK  HASHTAG            USES");
    for (Trend trend : trends) {
      text.append(String.format("%n%4d  %-15s %7d", trend.rank(), trend.hashtag(), trend.uses()));
    }
    return text.toString();
  }

  /** Gives the service, waiting a while for one that is about to appear. */
  interface Waiting {
    @Nullable
    TrendService get() throws InterruptedException;
  }

  /** What a command asks of the service. */
  private interface Question {
    String ask(TrendService trends) throws UnknownRegionException, InterruptedException;
  }
}
