package org.fluidosgi.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.fluidosgi.history.Operation.Result;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.ValueResult;
import org.jetbrains.kotlinx.lincheck.VoidResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.HBClock;
import org.jetbrains.kotlinx.lincheck.execution.ResultWithClock;
import org.jetbrains.kotlinx.lincheck.verifier.linearizability.LinearizabilityVerifier;
import org.junit.jupiter.api.Test;

/** Our checker and Lincheck's verifier give the same verdict on random histories. Lincheck alone would do for these; it tries orders without
 * remembering where it was, so it cannot judge the long ones. Here a value is its own version, so that both mean the same register. */
class CheckerAgainstLincheckTest {
  private static final int HISTORIES = 1_000;

  /** What one key is, one operation after the other. */
  public static final class Register {
    private long value;

    public long read() {
      return value;
    }

    public String write(long expected, long next) {
      if (value != expected) {
        return "found " + value;
      }
      value = next;
      return "written";
    }

    /** A write of which nobody knows what came of it. */
    public void attempt(long expected, long next) {
      if (value == expected) {
        value = next;
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Register register && register.value == value;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(value);
    }
  }

  @Test
  void bothGiveTheSameVerdict() {
    int possible = 0;
    for (int seed = 0; seed < HISTORIES; seed++) {
      List<List<Operation>> clients = new RandomHistory(new Random(seed)).clients();
      boolean ours = LinearizabilityChecker.violations(
              clients.stream().flatMap(List::stream).toList())
          .isEmpty();
      assertEquals(lincheck(clients), ours, "seed " + seed + ": " + clients);
      possible += ours ? 1 : 0;
    }
    assertTrue(possible > HISTORIES / 4, possible + " possible ones");
    assertTrue(possible < HISTORIES * 3 / 4, possible + " possible ones");
  }

  private static boolean lincheck(List<List<Operation>> clients) {
    List<List<Actor>> actors = new ArrayList<>();
    List<List<ResultWithClock>> results = new ArrayList<>();
    for (List<Operation> client : clients) {
      actors.add(client.stream().map(CheckerAgainstLincheckTest::actor).toList());
      results.add(client.stream()
          .map(each -> new ResultWithClock(result(each), ended(clients, each.begin())))
          .toList());
    }
    return new LinearizabilityVerifier(Register.class)
        .verifyResults(
            new ExecutionScenario(List.of(), actors, List.of(), null),
            new ExecutionResult(List.of(), results, List.of()));
  }

  private static Actor actor(Operation each) {
    try {
      if (!each.write()) {
        return new Actor(Register.class.getMethod("read"), List.of());
      }
      String name = each.isAnswered() ? "write" : "attempt";
      return new Actor(
          Register.class.getMethod(name, long.class, long.class),
          List.of(each.expectedVersion(), each.value()));
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
  }

  private static org.jetbrains.kotlinx.lincheck.Result result(Operation each) {
    if (!each.write()) {
      return new ValueResult(each.foundValue());
    }
    return switch (each.result()) {
      case OK -> new ValueResult("written");
      case CONFLICT -> new ValueResult("found " + each.foundValue());
      default -> VoidResult.INSTANCE;
    };
  }

  /** How many operations of each client had ended before that moment. */
  private static HBClock ended(List<List<Operation>> clients, long moment) {
    return new HBClock(clients.stream()
        .mapToInt(
            client -> (int) client.stream().filter(each -> each.end() < moment).count())
        .toArray());
  }

  /** Three clients of a real register, each operation taking effect at some moment between its begin and its end; some answers of writes
   * get lost, some are refused for no reason, and in two of three histories one read is changed. A client whose answer is lost goes on as another one. */
  private static final class RandomHistory {
    private static final int CLIENTS = 3;
    private static final int STEPS = 4;

    private record Step(int client, boolean write, long begin, long effect, long end) {}

    private final Random random;
    private final List<List<Operation>> clients = new ArrayList<>();
    private final List<Long> told = new ArrayList<>(List.of(0L));
    private long value;

    RandomHistory(Random random) {
      this.random = random;
    }

    List<List<Operation>> clients() {
      List<Step> steps = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        clients.add(new ArrayList<>());
        long time = random.nextInt(10);
        for (int i = 0; i < STEPS; i++) {
          long begin = time + 1 + random.nextInt(10);
          long effect = begin + 1 + random.nextInt(20);
          time = effect + 1 + random.nextInt(20);
          steps.add(new Step(client, random.nextInt(3) > 0, begin, effect, time));
        }
      }
      steps.sort(Comparator.comparingLong(Step::effect));
      steps.forEach(this::happen);
      if (random.nextInt(3) > 0) {
        changeOneRead();
      }
      clients.removeIf(List::isEmpty);
      return clients;
    }

    private void happen(Step step) {
      if (!step.write()) {
        add(step, Operation.read("k", step.begin()).ended(Result.OK, step.end(), value, value));
        return;
      }
      // Who expects a version has been told of it: ours knows versions from answers alone.
      boolean guess = random.nextInt(4) == 0 || !told.contains(value);
      long expected = guess ? told.get(random.nextInt(told.size())) : value;
      long next = 1 + step.effect();
      Operation write = Operation.write("k", expected, next, step.begin());
      boolean happens = random.nextInt(8) > 0;
      boolean lost = !happens || random.nextInt(8) == 0;
      boolean wronglyRefused = random.nextInt(30) == 0;
      boolean fits = expected == value && !wronglyRefused;
      if (happens && fits) {
        value = next;
      }
      if (lost) {
        clients.add(new ArrayList<>(List.of(write)));
      } else {
        told.add(value);
        add(step, write.ended(fits ? Result.OK : Result.CONFLICT, step.end(), value, value));
      }
    }

    private void add(Step step, Operation operation) {
      clients.get(step.client()).add(operation);
    }

    private void changeOneRead() {
      List<Operation> client = clients.get(random.nextInt(CLIENTS));
      for (int i = 0; i < client.size(); i++) {
        Operation read = client.get(i);
        if (!read.write()) {
          long other = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(40);
          client.set(
              i, Operation.read("k", read.begin()).ended(Result.OK, read.end(), other, other));
          return;
        }
      }
    }
  }
}
