package example.trends.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import example.trends.api.Trend;
import example.trends.api.TrendService;
import example.trends.api.UnknownRegionException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.osgi.framework.ServiceException;

class TrendCommandsTest {
  /** Answers every method of the service alike. */
  private interface Answer {
    Object to(String method, Object[] arguments) throws Throwable;
  }

  private static TrendService service(Answer answer) {
    return (TrendService) Proxy.newProxyInstance(
        TrendService.class.getClassLoader(),
        new Class<?>[] {TrendService.class},
        (proxy, method, arguments) -> answer.to(method.getName(), arguments));
  }

  private static TrendCommands commands(Answer answer) {
    TrendService service = service(answer);
    return new TrendCommands(() -> service, failed -> null, () -> null);
  }

  @Test
  void showsATable() {
    TrendCommands commands =
        commands((method, a) -> List.of(new Trend(1, "#osgi", 1234), new Trend(2, "#fog", 9)));
    assertEquals(
        List.of(
            "RANK  HASHTAG            USES",
            "   1  #osgi              1234",
            "   2  #fog                  9"),
        commands.top("europe").lines().toList());
  }

  @Test
  void showsRegionsInOrder() {
    assertEquals(
        "asia europe", commands((method, a) -> Set.of("europe", "asia")).regions());
  }

  @Test
  void followTellsWhetherTheListChanged() {
    AtomicLong version = new AtomicLong(4);
    TrendCommands changing = commands(
        (method, a) -> method.equals("version") ? (Object) version.getAndIncrement() : List.of());
    assertTrue(changing.follow("europe", 5).endsWith("changed"));
    TrendCommands still =
        commands((method, a) -> method.equals("version") ? (Object) 4L : List.of());
    assertTrue(still.follow("europe", 5).endsWith("no change"));
  }

  @Test
  void readsFromAnotherServiceButCountsWithoutRepeating() {
    AtomicLong lost = new AtomicLong();
    TrendService first = service((method, a) -> {
      lost.incrementAndGet();
      throw new ServiceException("n2 left", ServiceException.REMOTE);
    });
    AtomicLong uses = new AtomicLong();
    TrendService second = service((method, a) -> {
      if (method.equals("mention")) {
        return uses.incrementAndGet();
      }
      return Set.of("asia");
    });
    TrendCommands commands =
        new TrendCommands(() -> first, failed -> failed == first ? second : null, () -> null);
    assertEquals("asia", commands.regions());
    assertEquals(
        "trends: the service could not be reached: n2 left", commands.mention("asia", "#osgi"));
    assertEquals(2, lost.get());
    assertEquals(0, uses.get());

    TrendCommands both = new TrendCommands(() -> first, failed -> first, () -> null);
    assertEquals("trends: the service could not be reached: n2 left", both.regions());
    assertEquals(4, lost.get());
  }

  @Test
  void mentionTellsHowOften() {
    assertEquals("#osgi used 7 times", commands((method, a) -> 7L).mention("asia", "#osgi"));
  }

  @Test
  void everyFailureIsOneLine() {
    TrendCommands none = new TrendCommands(() -> null, failed -> null, () -> null);
    assertEquals("trends: no trend service here, start a bundle that provides one", none.top("x"));
    assertEquals(none.top("x"), none.source());

    String unknown = commands((method, a) -> {
          throw new UnknownRegionException("mars", Set.of("asia"));
        })
        .top("mars");
    assertEquals("trends: no region 'mars', there are asia", unknown);

    String gone = commands((method, a) -> {
          throw new ServiceException("n2 left\nmore", ServiceException.REMOTE);
        })
        .regions();
    assertEquals("trends: the service could not be reached: n2 left", gone);

    String broken = commands((method, a) -> {
          throw new IllegalStateException();
        })
        .regions();
    assertEquals("trends: the service failed: java.lang.IllegalStateException", broken);
  }
}
