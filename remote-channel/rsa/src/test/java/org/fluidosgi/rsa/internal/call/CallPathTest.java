package org.fluidosgi.rsa.internal.call;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.rsa.internal.kryo.KryoCodecFactory;
import org.fluidosgi.rsa.spi.CallRouter;
import org.fluidosgi.rsa.spi.ClassSpace;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.PendingCall;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.ServiceException;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

@Timeout(30)
class CallPathTest {
  interface Work {
    String run(String what);

    CompletableFuture<String> later(String what);

    default Future<String> plain(String what) {
      return later(what);
    }
  }

  static class Mute extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new UnsupportedOperationException("no message");
    }
  }

  private final MemoryNet net = new MemoryNet();
  private final MemoryNet.Member client = net.member("client", 1);
  private final MemoryNet.Member server = net.member("server", 5);
  private final CallExecutor executor = new CallExecutor(1, 1);
  private final CallExecutor clientExecutor = new CallExecutor(4, 4);
  private final ResultExecutor results = new ResultExecutor(1);
  private final LoopGuard guard = new LoopGuard();
  private final Dispatcher dispatcher = new Dispatcher(executor, guard, server);
  private final AtomicReference<@Nullable CallRouter> router = new AtomicReference<>();
  private final List<RemoteTarget> imports = new ArrayList<>();
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final CompletableFuture<String> never = new CompletableFuture<>();
  private final Codec codec = new KryoCodecFactory().create(new ClassSpace() {
    @Override
    public List<Class<?>> interfaces() {
      return List.of(Work.class);
    }

    @Override
    public Optional<Class<?>> beside(Class<?> declared, String name) {
      return Optional.empty();
    }

    @Override
    public List<Class<?>> configured() {
      return List.of();
    }
  });

  private class Server implements Work {
    @Override
    public String run(String what) {
      if (what.equals("block")) {
        entered.countDown();
        try {
          release.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return what + " on " + Thread.currentThread().getName();
    }

    @Override
    public CompletableFuture<String> later(String what) {
      return never;
    }
  }

  @AfterEach
  void close() {
    release.countDown();
    executor.close();
    clientExecutor.close();
    results.close();
    net.close();
  }

  private RemoteTarget export(Object service, boolean inline, long incarnation) {
    UUID id = UUID.randomUUID();
    dispatcher.add(
        id,
        new ServedEndpoint(
            new ServedEndpoint.Source() {
              @Override
              public Object service() {
                return service;
              }

              @Override
              public List<Class<?>> interfaces() {
                return List.of(Work.class);
              }

              @Override
              public @Nullable Codec codec(String name) {
                return name.equals("fluid.java/1") ? codec : null;
              }
            },
            inline));
    server.serve("rsa", dispatcher);
    RemoteTarget target = RemoteTarget.of(new EndpointDescription(Map.of(
        "objectClass",
        new String[] {Work.class.getName()},
        "endpoint.id",
        "urn:uuid:" + id,
        "service.imported.configs",
        "fluid.channel",
        "fluid.channel.node",
        server.info.id().toString(),
        "fluid.channel.incarnation",
        incarnation)));
    imports.add(target);
    return target;
  }

  private Work proxy(RemoteTarget target, long timeoutMillis, String codecName) {
    LoopGuard shared = guard; // client and server share a loop here
    Caller caller = new Caller(
        client,
        client,
        new Dispatcher(clientExecutor, shared, client),
        new Routes(router::get, () -> imports));
    RemoteInvocation.Context context =
        new RemoteInvocation.Context(caller, client, results, shared, timeoutMillis);
    return (Work) Proxy.newProxyInstance(
        Work.class.getClassLoader(),
        new Class<?>[] {Work.class},
        new RemoteInvocation(context, () -> target, "Work", codecName, codec));
  }

  private Work proxy(RemoteTarget target) {
    return proxy(target, 10_000, "fluid.java/1");
  }

  private static ChannelException.Effect effect(ServiceException failure) {
    assertEquals(ServiceException.REMOTE, failure.getType());
    assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
    return ((ChannelException) failure.getCause()).effect();
  }

  @Test
  void servicesRunOnCallThreadsInlineOnesOnTheLoop() {
    assertEquals("x on fluid-rsa-call-1", proxy(export(new Server(), false, 5)).run("x"));
    assertEquals("x on memory-loop", proxy(export(new Server(), true, 5)).run("x"));
  }

  @Test
  void overloadIsRefusedWithoutEffect() throws Exception {
    Work work = proxy(export(new Server(), false, 5));
    CompletableFuture<String> running = CompletableFuture.supplyAsync(() -> work.run("block"));
    assertTrue(entered.await(10, TimeUnit.SECONDS));
    CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> work.run("second"));
    await().until(() -> server.requests.get() == 2);
    ServiceException refused = assertThrows(ServiceException.class, () -> work.run("third"));
    assertEquals(ChannelException.Effect.NONE, effect(refused));
    assertTrue(refused.getMessage().contains("fluid.rsa.threads"), refused.getMessage());
    release.countDown();
    assertEquals("block on fluid-rsa-call-1", running.get(10, TimeUnit.SECONDS));
    assertEquals("second on fluid-rsa-call-1", waiting.get(10, TimeUnit.SECONDS));
  }

  @Test
  void aTimeoutHasUnknownEffectAndTheThreadGoesOn() {
    Work work = proxy(export(new Server(), false, 5), 100, "fluid.java/1");
    assertEquals(
        ChannelException.Effect.UNKNOWN,
        effect(assertThrows(ServiceException.class, () -> work.run("block"))));
  }

  @Test
  void anInterruptEndsTheCallAndStaysSet() throws Exception {
    Work work = proxy(export(new Server(), false, 5));
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread caller = new Thread(() -> {
      try {
        work.run("block");
        flag.completeExceptionally(new AssertionError("answered"));
      } catch (ServiceException e) {
        flag.complete(Thread.currentThread().isInterrupted());
      }
    });
    caller.start();
    assertTrue(entered.await(10, TimeUnit.SECONDS));
    caller.interrupt();
    assertTrue(flag.get(10, TimeUnit.SECONDS));
  }

  @Test
  void aCutConnectionEndsCallsAtOnceAndTheNextOneDials() throws Exception {
    Work work = proxy(export(new Server(), false, 5));
    CompletableFuture<String> running = CompletableFuture.supplyAsync(() -> work.run("block"));
    assertTrue(entered.await(10, TimeUnit.SECONDS));
    client.cut();
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> running.get(5, TimeUnit.SECONDS));
    assertEquals(
        ChannelException.Effect.UNKNOWN,
        effect(assertInstanceOf(ServiceException.class, failed.getCause())));
    release.countDown();
    assertEquals("again on fluid-rsa-call-1", work.run("again"));
    assertEquals(2, client.dials.get());
  }

  @Test
  void aRefusedConnectionIsTriedOnceMore() {
    client.dialsToFail = 1;
    assertEquals("x on fluid-rsa-call-1", proxy(export(new Server(), false, 5)).run("x"));
    assertEquals(2, client.dials.get());
    client.dialsToFail = 10;
    client.cut();
    ServiceException refused =
        assertThrows(ServiceException.class, () -> proxy(imports.get(0)).run("x"));
    assertEquals(ChannelException.Effect.NONE, effect(refused));
    assertEquals(4, client.dials.get());
  }

  @Test
  void anEndpointOfAnEarlierRunIsNeverCalled() {
    ServiceException old = assertThrows(
        ServiceException.class, () -> proxy(export(new Server(), false, 4)).run("x"));
    assertEquals(ChannelException.Effect.NONE, effect(old));
    assertEquals(0, server.requests.get());
  }

  @Test
  void goneEndpointsAndUnknownCodecsAreRefusedWithoutEffect() {
    RemoteTarget target = export(new Server(), false, 5);
    assertEquals(
        ChannelException.Effect.NONE,
        effect(assertThrows(
            ServiceException.class, () -> proxy(target, 1_000, "other/1").run("x"))));
    dispatcher.remove(target.id());
    ServiceException gone =
        assertThrows(ServiceException.class, () -> proxy(target).run("x"));
    assertEquals(ChannelException.Effect.NONE, effect(gone));
    assertTrue(gone.getMessage().contains("its service is gone"), gone.getMessage());
  }

  @Test
  void aRouterSendsTheCallElsewhere() {
    RemoteTarget old = export(new Server(), false, 4);
    RemoteTarget good = export(new Server(), false, 5);
    List<PendingCall> asked = new ArrayList<>();
    router.set(call -> {
      asked.add(call);
      return Optional.of(call.candidates().get(call.attempt()));
    });
    assertEquals("x on fluid-rsa-call-1", proxy(old).run("x"));
    assertEquals(2, asked.size());
    assertEquals(asked.get(0).callId(), asked.get(1).callId());
    assertEquals(Optional.empty(), asked.get(0).lastFailure());
    assertEquals(
        ChannelException.Effect.NONE, asked.get(1).lastFailure().orElseThrow().effect());
    assertEquals(List.of(old.endpoint(), good.endpoint()), asked.get(1).candidates());
    router.set(call -> {
      throw new IllegalStateException("a bad router");
    });
    assertEquals("y on fluid-rsa-call-1", proxy(good).run("y"));
  }

  @Test
  void anInlineServiceMustNotWaitForAnother() {
    Work other = proxy(export(new Server(), false, 5));
    Work waiting = proxy(export(
        new Server() {
          @Override
          public String run(String what) {
            return other.run(what);
          }
        },
        true,
        5));
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> waiting.run("x"));
    assertTrue(refused.getMessage().contains("fluid.rsa.inline"), refused.getMessage());
  }

  @Test
  void aServiceMayWaitForAnAsynchronousResult() {
    Work other = proxy(export(
        new Server() {
          @Override
          public CompletableFuture<String> later(String what) {
            return CompletableFuture.completedFuture(what + " later");
          }
        },
        true,
        5));
    Work waiting = proxy(export(
        new Server() {
          @Override
          public String run(String what) {
            return other.later(what).join() + " " + super.run(what);
          }
        },
        false,
        5));
    assertEquals("x later x on fluid-rsa-call-1", waiting.run("x"));
  }

  @Test
  void aBlockedDependentHoldsUpNoOtherResult() throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    Work work = proxy(export(
        new Server() {
          @Override
          public CompletableFuture<String> later(String what) {
            return what.equals("first") ? first : CompletableFuture.completedFuture(what);
          }
        },
        true,
        5));
    CompletableFuture<String> on = work.later("first").thenApply(value -> {
      String thread = Thread.currentThread().getName();
      entered.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return thread;
    });
    first.complete("done");
    assertTrue(entered.await(10, TimeUnit.SECONDS));
    assertEquals("second", work.later("second").get(10, TimeUnit.SECONDS));
    release.countDown();
    assertEquals("fluid-rsa-result-1", on.get(10, TimeUnit.SECONDS));
  }

  @Test
  void aFailureThatCannotEvenBeToldIsAnswered() {
    AtomicInteger looks = new AtomicInteger();
    Future<String> failing = new FutureTask<>(() -> "never run") {
      @Override
      public boolean isDone() {
        if (looks.getAndIncrement() > 0) {
          throw new NoClassDefFoundError("gone");
        }
        return false;
      }
    };
    Work work = proxy(export(
        new Server() {
          @Override
          public String run(String what) {
            throw new Mute();
          }

          @Override
          public CompletableFuture<String> later(String what) {
            return CompletableFuture.failedFuture(new Mute());
          }

          @Override
          public Future<String> plain(String what) {
            return failing;
          }
        },
        false,
        5));
    assertBrokeOff(assertThrows(ServiceException.class, () -> work.run("x")));
    assertBrokeOff(assertThrows(
            ExecutionException.class, () -> work.later("x").get(5, TimeUnit.SECONDS))
        .getCause());
    assertBrokeOff(assertThrows(
            ExecutionException.class, () -> work.plain("x").get(5, TimeUnit.SECONDS))
        .getCause());
  }

  private static void assertBrokeOff(Throwable failure) {
    assertEquals(ChannelException.Effect.UNKNOWN, effect((ServiceException) failure));
    assertTrue(failure.getMessage().contains("broke off"), failure.getMessage());
  }

  @Test
  void cancellingAnAsynchronousCallReachesTheService() throws Exception {
    CompletableFuture<String> call = proxy(export(new Server(), false, 5)).later("x");
    await().until(() -> server.requests.get() == 1);
    call.cancel(true);
    await().until(never::isCancelled);
  }

  @Test
  void anAsynchronousCallTimesOutToo() {
    CompletableFuture<String> call =
        proxy(export(new Server(), false, 5), 100, "fluid.java/1").later("x");
    ExecutionException late =
        assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS));
    assertEquals(ChannelException.Effect.UNKNOWN, effect((ServiceException) late.getCause()));
  }
}
