package org.fluidosgi.framework.internal.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.fluidosgi.framework.internal.group.LocalBundle.Saved;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LocalBundleTest {
  private static final int ROUNDS = 2_000;
  private final LocalBundle bundle =
      new LocalBundle(null, null, 1, new Saved("file:x", "00", 0, false, false));

  @Test
  void changesAtTheSameTimeLoseNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    CyclicBarrier together = new CyclicBarrier(2);
    try {
      Future<?> updating = threads.submit(() -> {
        for (int i = 1; i <= ROUNDS; i++) {
          long size = i;
          together.await(20, TimeUnit.SECONDS);
          bundle.change(saved -> saved.with(new Content("11", size, Path.of("x"))));
          together.await(20, TimeUnit.SECONDS);
          assertEquals(size, bundle.saved().size());
        }
        return null;
      });
      for (int i = 1; i <= ROUNDS; i++) {
        boolean on = i % 2 == 1;
        together.await(20, TimeUnit.SECONDS);
        assertTrue(bundle.change(saved -> saved.withAutostart(on, false)));
        together.await(20, TimeUnit.SECONDS);
        assertEquals(on, bundle.saved().autostart());
      }
      updating.get(20, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void tellsWhetherItChangedAnything() {
    assertFalse(bundle.change(saved -> saved.withAutostart(false, false)));
    assertTrue(bundle.change(saved -> saved.withAutostart(true, true)));
    assertTrue(bundle.saved().lazily());
  }
}
