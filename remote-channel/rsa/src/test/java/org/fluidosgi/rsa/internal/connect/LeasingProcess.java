package org.fluidosgi.rsa.internal.connect;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A node in a process of its own that leases one service until it is killed; prints its address. */
final class LeasingProcess {
  /** The service. */
  public interface Work {
    String run(long millis) throws InterruptedException;

    int running();
  }

  private LeasingProcess() {}

  public static void main(String[] arguments) throws InterruptedException {
    Peer peer = new Peer(Path.of(arguments[0]), "leasing", true, 30_000);
    AtomicInteger running = new AtomicInteger();
    peer.export(
        Work.class,
        new Work() {
          @Override
          public String run(long millis) throws InterruptedException {
            running.incrementAndGet();
            new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
            running.decrementAndGet();
            return "done";
          }

          @Override
          public int running() {
            return running.get();
          }
        },
        Map.of());
    System.out.println(peer.address());
    new CountDownLatch(1).await();
  }
}
