package org.fluidosgi.launcher.internal.host;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.felix.framework.FrameworkFactory;
import org.apache.felix.gogo.runtime.activator.Activator;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.launch.Framework;

/** Lines through a pipe, to a real Gogo. */
class LineConsoleTest {
  @TempDir
  Path storage;

  private final Activator gogo = new Activator();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PipedOutputStream input = new PipedOutputStream();
  private final Commands commands = new Commands();
  private Framework framework;
  private BundleContext context;
  private Thread console;

  @BeforeEach
  void start() throws Exception {
    framework = new FrameworkFactory()
        .newFramework(
            Map.of("org.osgi.framework.storage", storage.toString(), "felix.log.level", "1"));
    framework.start();
    context = framework.getBundleContext();
    gogo.start(context);
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put("osgi.command.scope", "t");
    properties.put("osgi.command.function", new String[] {"say", "follow", "hold"});
    context.registerService(Commands.class, commands, properties);
    console = new Thread(new LineConsole(
        Gogo.find(context, Map.of()), new PipedInputStream(input), new PrintStream(printed)));
    console.start();
  }

  @AfterEach
  void stop() throws Exception {
    input.close();
    console.join(10_000);
    gogo.stop(context);
    framework.stop();
    framework.waitForStop(10_000);
  }

  private void send(String lines) throws IOException {
    input.write(lines.getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  private List<String> lines() {
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void plainLinesRunInOrderAndAllBeforeTheEnd() throws Exception {
    send("t:say one\n# nothing\n\nt:say\nt:say two\nexit\nt:say three\n");
    console.join(10_000);
    assertEquals(
        List.of(
            "one",
            "ok",
            "error: say: these are not its arguments: help say shows them",
            "two",
            "ok"),
        lines());
  }

  @Test
  void aPlainCommandSeesTheEndOfTheInput() throws Exception {
    send("t:follow\nt:say then\n");
    await().until(() -> lines().contains("following"));
    send("@1 t:say meanwhile\n");
    await().until(() -> lines().contains("\u0004ok 1"));
    input.close();
    console.join(10_000);
    assertEquals(
        List.of("following", "\u0004out 1 meanwhile", "\u0004ok 1", "ended", "ok", "then", "ok"),
        lines());
  }

  @Test
  void aTaggedCommandIsStoppedByItsId() throws Exception {
    send("@7 t:hold\n");
    await().until(() -> lines().contains("\u0004out 7 holding"));
    send("@8 !stop 7\n");
    await().until(() -> lines().contains("\u0004error 7 stopped"));
    await().until(() -> lines().contains("\u0004ok 8"));
    send("@9 !stop 7\n");
    await().until(() -> lines().contains("\u0004error 9 no command 7 runs"));
    assertTrue(commands.interrupted.await(10, java.util.concurrent.TimeUnit.SECONDS));
  }

  @Test
  void offersWhatTheShellOffers() throws Exception {
    Gogo found = Gogo.find(context, Map.of());
    assertEquals(Map.of(), found.completions(List.of("")));
    Function<List<String>, Map<String, String>> shell =
        words -> Map.of(String.join("+", words), "what");
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put("fluid.completion", true);
    context.registerService(Function.class, shell, properties);
    assertEquals(Map.of("a+b", "what"), found.completions(List.of("a", "b")));
  }

  /** Commands that tell how a console treats them. */
  public static final class Commands {
    private final CountDownLatch interrupted = new CountDownLatch(1);

    public String say(String text) {
      return text;
    }

    public String follow(CommandSession session) {
      session.getConsole().println("following");
      await().until(() -> ((BooleanSupplier) session.get(".input.ended")).getAsBoolean());
      return "ended";
    }

    public void hold(CommandSession session) throws InterruptedException {
      session.getConsole().println("holding");
      try {
        new CountDownLatch(1).await();
      } finally {
        interrupted.countDown();
      }
    }
  }
}
