package org.fluidosgi.launcher.internal.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.fluidosgi.launcher.internal.Home;
import org.fluidosgi.launcher.internal.LauncherException;
import org.fluidosgi.launcher.process.ProcessException;
import org.fluidosgi.launcher.process.RunningCommand;
import org.jspecify.annotations.Nullable;

/** What the demo does, step by step; every wait is for a condition and has a deadline. */
final class DemoSteps {
  private static final String REGION = "europe";
  private static final String PROVIDER = "example.trends.provider";
  private static final String NO_SERVICE = "no trend service here";
  private static final String UNREACHABLE = "could not be reached";
  private static final int CALLS_PER_NODE = 4;
  private static final Duration COMMAND_MOST = Duration.ofSeconds(10);
  private static final Duration APPEAR_MOST = Duration.ofSeconds(5);
  private static final Duration VANISH_MOST = Duration.ofSeconds(1);

  private final Home home;
  private final DemoNodes nodes;
  private final Narrator narrator;

  DemoSteps(Home home, DemoNodes nodes, Narrator narrator) {
    this.home = home;
    this.nodes = nodes;
    this.narrator = narrator;
  }

  void run() throws LauncherException, ProcessException {
    startNodes();
    installRemotely();
    List<String> list = useFromBoth();
    showTables();
    List<RunningCommand> calls = startCalls();
    killAndMeasure(calls);
    startElsewhere(list);
    nodes.stopAll();
  }

  private void startNodes() throws LauncherException, ProcessException {
    narrator.step("Three frameworks start, each in a process of its own: Felix, Felix, Equinox.");
    String first = start("n1", "felix", null, List.of("trends-api", "trends-client"));
    start("n2", "felix", first, List.of("trends-api"));
    start("n3", "equinox", first, List.of("trends-api", "trends-client"));
    for (String node : List.of("n1", "n2", "n3")) {
      await(node, "fluid:nodes", lines -> members(lines, 3), APPEAR_MOST);
    }
    narrator.say("Each of them sees all three.");
  }

  private String start(String name, String framework, @Nullable String join, List<String> examples)
      throws LauncherException, ProcessException {
    String address = nodes.start(name, framework, join, examples);
    narrator.say(String.format(
        "%s  %-8s %-16s pid %d", name, framework, address, nodes.node(name).pid()));
    return address;
  }

  /** Whether the table's footer counts that many nodes, all of them up. */
  private static boolean members(List<String> table, int count) {
    String footer = count + " nodes, " + count + " up";
    return table.stream().anyMatch(line -> line.startsWith(footer));
  }

  private void installRemotely() throws LauncherException, ProcessException {
    narrator.step("From n1 the trends provider is installed and started on n2.");
    show("n1", "fluid:install $examples/trends-provider.jar n2");
    show("n1", "fluid:start " + PROVIDER);
  }

  private List<String> useFromBoth() throws ProcessException {
    narrator.step("The client on n1 and on n3 fetches the service as if it were local.");
    for (String node : List.of("n1", "n3")) {
      await(node, "trends:source", lines -> starts(lines, "remote"), APPEAR_MOST);
    }
    List<String> list = show("n1", "trends:top " + REGION);
    expect("n1", list, lines -> lines.size() == 11, "a header and ten hashtags");
    show("n3", "trends:source");
    List<String> same = show("n3", "trends:top " + REGION);
    expect("n3", same, list::equals, "the same list as on n1");
    return list;
  }

  private void showTables() throws ProcessException {
    narrator.step("The group as one framework, asked on n3.");
    expect("n3", show("n3", "fluid:nodes"), lines -> members(lines, 3), "three nodes");
    expect("n3", show("n3", "fluid:bundles"), lines -> holds(lines, PROVIDER), PROVIDER);
    expect(
        "n3", show("n3", "fluid:services"), lines -> holds(lines, "TrendService"), "TrendService");
  }

  private List<RunningCommand> startCalls() throws ProcessException {
    int count = 2 * CALLS_PER_NODE;
    narrator.step(count + " calls go into n2 and wait there; then n2 is killed (SIGKILL).");
    List<RunningCommand> calls = new ArrayList<>();
    for (String node : List.of("n1", "n3")) {
      narrator.typed(
          node, "trends:follow " + REGION + " 30000      (" + CALLS_PER_NODE + " times)");
      for (int i = 0; i < CALLS_PER_NODE; i++) {
        calls.add(nodes.node(node).start("trends:follow " + REGION + " 30000"));
      }
    }
    await("n2", "!inside " + PROVIDER, lines -> lines.equals(List.of("" + count)), APPEAR_MOST);
    narrator.say(count + " threads of n2 are inside the provider.");
    return calls;
  }

  private void killAndMeasure(List<RunningCommand> calls) throws ProcessException {
    long killed = System.nanoTime();
    nodes.node("n2").kill();
    long callsGone = 0;
    for (RunningCommand call : calls) {
      List<String> answer = call.await(left(killed, VANISH_MOST));
      if (answer.size() != 1 || !answer.get(0).contains(UNREACHABLE)) {
        throw new ProcessException(
            "a call in flight ended with " + answer + " instead of an error");
      }
      callsGone = Math.max(callsGone, call.endNanos() - killed);
    }
    long serviceGone = 0;
    for (String node : List.of("n1", "n3")) {
      await(node, "trends:source", lines -> holds(lines, NO_SERVICE), left(killed, VANISH_MOST));
      serviceGone = Math.max(serviceGone, System.nanoTime() - killed);
    }
    if (callsGone > VANISH_MOST.toNanos() || serviceGone > VANISH_MOST.toNanos()) {
      throw new ProcessException("calls ended after " + Narrator.millis(callsGone)
          + ", the service was gone after " + Narrator.millis(serviceGone) + "; at most "
          + VANISH_MOST.toMillis() + " ms are allowed");
    }
    narrator.step("What n1 and n3 saw of it.");
    narrator.say("All " + calls.size() + " calls in flight ended, the last after "
        + Narrator.millis(callsGone) + ", each with:");
    narrator.answer(List.of(calls.get(0).lines().get(0).text()));
    narrator.say("The service was gone from n1 and n3 after " + Narrator.millis(serviceGone) + ".");
    await("n1", "fluid:nodes", lines -> members(lines, 2), APPEAR_MOST);
    show("n1", "fluid:nodes");
    show("n1", "trends:source");
  }

  private void startElsewhere(List<String> list) throws LauncherException, ProcessException {
    narrator.step("The same content, kept by its SHA-256, starts on n3; the client goes on.");
    String hash = Sha256.of(home.jar("examples", "trends-provider"));
    show("n1", "fluid:install sha256:" + hash + " n3");
    show("n1", "fluid:start " + PROVIDER);
    await("n1", "trends:source", lines -> starts(lines, "remote"), APPEAR_MOST);
    await("n3", "trends:source", lines -> starts(lines, "local"), APPEAR_MOST);
    expect("n1", show("n1", "trends:top " + REGION), list::equals, "the same list as before");
    show("n1", "trends:source");
    show("n3", "trends:source");
  }

  private List<String> show(String node, String command) throws ProcessException {
    narrator.typed(node, command);
    List<String> answer = nodes.node(node).command(command, COMMAND_MOST);
    narrator.answer(answer);
    return answer;
  }

  private static void expect(
      String node, List<String> answer, Predicate<List<String>> right, String what)
      throws ProcessException {
    if (!right.test(answer)) {
      throw new ProcessException(node + ": expected " + what + ", got " + answer);
    }
  }

  private void await(String node, String command, Predicate<List<String>> right, Duration most)
      throws ProcessException {
    long begin = System.nanoTime();
    List<String> answer = List.of();
    do {
      answer = nodes.node(node).command(command, COMMAND_MOST);
      if (right.test(answer)) {
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    } while (System.nanoTime() - begin < most.toNanos());
    throw new ProcessException(
        node + ": '" + command + "' still answers " + answer + " after " + most.toMillis() + " ms");
  }

  private static Duration left(long since, Duration most) {
    return Duration.ofNanos(Math.max(1, most.toNanos() - (System.nanoTime() - since)));
  }

  private static boolean holds(List<String> lines, String text) {
    return lines.stream().anyMatch(line -> line.contains(text));
  }

  private static boolean starts(List<String> lines, String text) {
    return !lines.isEmpty() && lines.get(0).startsWith(text);
  }
}
