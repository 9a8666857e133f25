package example.trends.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import example.trends.api.Trend;
import example.trends.api.UnknownRegionException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FileTrendServiceTest {
  private static FileTrendService of(String rows) throws IOException {
    return new FileTrendService(new BufferedReader(new StringReader(rows)));
  }

  @Test
  void ranksByUsesThenName() throws Exception {
    FileTrendService service = of("; a comment\n\neu,#b,2\neu,#a,2\neu,#c,7\nasia,#x,1\n");
    assertEquals(
        List.of(new Trend(1, "#c", 7), new Trend(2, "#a", 2), new Trend(3, "#b", 2)),
        service.top("eu"));
    assertEquals(service.top("eu"), service.topAsync("eu").get());
    assertEquals(Set.of("eu", "asia"), service.regions());
  }

  @Test
  void anUnknownRegionIsNamedWithThoseThereAre() throws Exception {
    FileTrendService service = of("eu,#b,2\nasia,#x,1\n");
    assertEquals(
        "no region 'mars', there are asia, eu",
        assertThrows(UnknownRegionException.class, () -> service.top("mars")).getMessage());
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> service.topAsync("mars").get());
    assertInstanceOf(UnknownRegionException.class, e.getCause());
  }

  @Test
  void aBadLineIsNamed() {
    assertTrue(assertThrows(IOException.class, () -> of("eu,#b,2\nbroken\n"))
        .getMessage()
        .startsWith("line 2 "));
  }

  @Test
  void mentionsChangeTheListAndItsVersion() throws Exception {
    FileTrendService service = of("eu,#b,2\neu,#a,2\n");
    assertEquals(1, service.version("eu"));
    assertEquals(3, service.mention("eu", "#b"));
    assertEquals(new Trend(1, "#b", 3), service.top("eu").get(0));
    assertEquals(2, service.version("eu"));
    assertThrows(IllegalArgumentException.class, () -> service.mention("eu", "b"));
    assertThrows(IllegalArgumentException.class, () -> service.mention("eu", "#"));
  }

  @Test
  void aWaiterIsWokenByAChange() throws Exception {
    FileTrendService service = of("eu,#b,2\n");
    CompletableFuture<List<Trend>> waiting = waiter(service, 60_000);
    service.mention("eu", "#b");
    assertEquals(List.of(new Trend(1, "#b", 3)), waiting.get(10, TimeUnit.SECONDS));
  }

  @Test
  void aWaiterGetsTheSameListWhenTimeIsUp() throws Exception {
    FileTrendService service = of("eu,#b,2\n");
    assertEquals(service.top("eu"), service.awaitChange("eu", 1, 20));
    assertEquals(service.top("eu"), service.awaitChange("eu", 0, 60_000));
  }

  @Test
  void closingEndsEveryWait() throws Exception {
    FileTrendService service = of("eu,#b,2\n");
    CompletableFuture<List<Trend>> waiting = waiter(service, 60_000);
    service.close();
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> waiting.get(10, TimeUnit.SECONDS));
    assertInstanceOf(IllegalStateException.class, e.getCause());
  }

  @Test
  void theShippedFileHasFullLists() throws Exception {
    try (BufferedReader rows = new BufferedReader(
        new InputStreamReader(getClass().getResourceAsStream("/data/trends.csv"), UTF_8))) {
      FileTrendService service = new FileTrendService(rows);
      assertEquals(Set.of("africa", "americas", "asia", "europe"), service.regions());
      for (String region : service.regions()) {
        assertEquals(10, service.top(region).size());
      }
    }
  }

  private static CompletableFuture<List<Trend>> waiter(FileTrendService service, long millis) {
    CompletableFuture<List<Trend>> result = new CompletableFuture<>();
    Thread thread = new Thread(
        () -> {
          try {
            result.complete(service.awaitChange("eu", 1, millis));
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        },
        "waiter");
    thread.setDaemon(true);
    thread.start();
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return result;
  }
}
