package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.fluidosgi.history.Operation;
import org.fluidosgi.history.Operation.Result;
import org.fluidosgi.launcher.process.NodeProcess;
import org.fluidosgi.launcher.process.ProcessException;
import org.fluidosgi.launcher.process.RunningCommand;
import org.jspecify.annotations.Nullable;

/** Clients that read and write the group store through nodes which may be killed at any time, and what they saw.
 * Invariant: begin and end of an operation are of this process' clock and enclose it; one whose answer did not come may have happened.
 * Threads: the clients' own; the monitor guards the state. */
final class StoreClients implements AutoCloseable {
  /** Keys in use at one time. */
  static final int KEYS = 3;

  private static final Duration MOST = Duration.ofSeconds(90);

  private final Map<String, NodeProcess> nodes = new HashMap<>();
  private final List<Operation> history = new ArrayList<>();
  private final Map<String, Long> versions = new HashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong values = new AtomicLong();
  private String prefix = "";
  private int answered;
  private int refused;
  private boolean closed;

  /** That node takes questions now. */
  synchronized void up(String name, NodeProcess node) {
    nodes.put(name, node);
    notifyAll();
  }

  /** That node is about to die. */
  synchronized void down(String name) {
    nodes.remove(name);
  }

  /** Clients use keys with that prefix from now on: the search through a history grows with its length. */
  synchronized void use(String keys) {
    prefix = keys;
  }

  /** Starts that many clients of that node. */
  void start(String name, int count) {
    for (int i = 0; i < count; i++) {
      Random random = new Random(values.incrementAndGet());
      Thread thread = new Thread(() -> ask(name, random), "test-client-of-" + name + "-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  private void ask(String name, Random random) {
    try {
      for (NodeProcess node = await(name); node != null; node = await(name)) {
        String key = key(random.nextInt(KEYS));
        if (random.nextInt(3) == 0) {
          read(node, key);
        } else {
          write(node, key, random.nextInt(4) == 0 ? 0 : version(key));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable NodeProcess await(String name) throws InterruptedException {
    while (!closed && !nodes.containsKey(name)) {
      wait();
    }
    return closed ? null : nodes.get(name);
  }

  private synchronized String key(int number) {
    return prefix + "-" + number;
  }

  private synchronized long version(String key) {
    return versions.getOrDefault(key, 0L);
  }

  /** Reads; whether the answer is confirmed by a majority. */
  boolean read(NodeProcess node, String key) {
    Operation begun = Operation.read(key, System.nanoTime());
    return take(begun, run(node, "store:get " + key));
  }

  /** Writes; whether it was answered. */
  boolean write(NodeProcess node, String key, long version) {
    Operation begun = Operation.write(key, version, values.incrementAndGet(), System.nanoTime());
    return take(begun, run(node, "store:cas " + key + " " + version + " " + begun.value()));
  }

  private static @Nullable RunningCommand run(NodeProcess node, String command) {
    try {
      RunningCommand started = node.start(command);
      started.awaitEnd(MOST);
      return started;
    } catch (ProcessException e) {
      return null; // the pipe broke: nobody knows whether it was read
    }
  }

  private synchronized boolean take(Operation begun, @Nullable RunningCommand asked) {
    String answer = asked == null || !asked.ended() || asked.error().isPresent()
        ? "failed unknown"
        : asked.lines().get(0).text();
    String[] parts = answer.split(" ", 4);
    Operation ended = switch (parts[0]) {
      case "ok" -> ended(begun, asked, Result.OK, parts);
      case "conflict" -> ended(begun, asked, Result.CONFLICT, parts);
      case "stale" -> begun;
      default -> parts[1].equals("none") ? begun.never() : begun;
    };
    if (ended.isAnswered()) {
      answered++;
      versions.merge(ended.key(), ended.foundVersion(), Math::max);
    } else {
      refused++;
    }
    if (ended.isAnswered() || ended.write()) {
      history.add(ended);
      notifyAll();
    }
    return ended.isAnswered();
  }

  private static Operation ended(
      Operation begun, @Nullable RunningCommand asked, Result result, String[] parts) {
    long at = asked == null ? System.nanoTime() : asked.endNanos();
    return begun.ended(result, at, Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }

  /** Waits for a write that began after that moment and was acknowledged; how long after the moment it was. */
  synchronized Duration awaitWriteAfter(long nanos) throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    int next = 0;
    while (System.nanoTime() < until) {
      for (; next < history.size(); next++) {
        Operation each = history.get(next);
        if (each.write() && each.result() == Result.OK && each.begin() > nanos) {
          return Duration.ofNanos(each.end() - nanos);
        }
      }
      wait(1_000);
    }
    throw new AssertionError("no write was acknowledged within " + PATIENCE);
  }

  /** What was asked and answered so far. */
  synchronized List<Operation> history() {
    return List.copyOf(history);
  }

  /** Operations with and without an answer. */
  synchronized String counts() {
    return answered + " operations answered, " + refused + " not";
  }

  /** Waits for the clients' last answers. */
  void stop() throws InterruptedException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    for (Thread each : threads) {
      each.join(MOST.toMillis());
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    threads.forEach(Thread::interrupt);
  }
}
