package org.fluidosgi.itests.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class JvmReadingsTest {
  private final JvmReadings own = new JvmReadings(ProcessHandle.current().pid());

  @Test
  void seesThreadsComeAndGo() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Thread thread = new Thread(
        () -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        "a thread \"to\" find");
    thread.start();
    assertEquals(1, own.threads().get("a thread \"to\" find"));
    end.countDown();
    thread.join();
    assertEquals(null, own.threads().get("a thread \"to\" find"));
  }

  @Test
  void countsDescriptors() throws IOException {
    own.descriptorCount(); // loads what reading them opens
    int before = own.descriptorCount();
    try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertTrue(first.isBound() && second.isBound());
      assertEquals(before + 2, own.descriptorCount());
    }
  }

  @Test
  void readsTheHeapWithoutGarbage() {
    long before = own.heapAfterGc();
    byte[] held = new byte[32 << 20];
    long after = own.heapAfterGc();
    assertTrue(after - before > 30L << 20, () -> before + " then " + after);
    assertEquals(32 << 20, held.length);
  }

  @Test
  void portsAreDifferentAndFree() throws IOException {
    for (int port : FreePorts.take(5)) {
      new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }
    assertEquals(5, FreePorts.take(5).stream().distinct().count());
  }
}
