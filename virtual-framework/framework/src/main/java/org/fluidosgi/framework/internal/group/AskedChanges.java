package org.fluidosgi.framework.internal.group;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.fluidosgi.framework.internal.core.Change.Kind;
import org.fluidosgi.framework.internal.core.Op;
import org.fluidosgi.framework.internal.core.Verdicts;
import org.fluidosgi.framework.internal.core.Verdicts.Question;
import org.fluidosgi.framework.internal.core.Verdicts.Verdict;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;

/** Has other nodes install, update and uninstall, and learns what became of it even when no answer comes: then the change is given up
 * in the group store, unless the other node was first and has done it. Threads: any; blocks. */
final class AskedChanges {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private final OpClient client;
  private final Verdicts verdicts;
  private final Steps steps;
  private final Duration timeout;

  /** Sends the order and waits for its answer. */
  interface Request {
    Map<String, Object> send(Map<String, Object> order) throws BundleException;
  }

  AskedChanges(OpClient client, Verdicts verdicts, Steps steps, Duration timeout) {
    this.client = client;
    this.verdicts = verdicts;
    this.steps = steps;
    this.timeout = timeout;
  }

  /** The facts of the bundle after the change; empty when it was made, but its node does not tell any more.
   * Errors: BundleException when it was not made; {@link UnknownEffectException} when nobody can decide that now. */
  Optional<BundleFacts> ask(
      VirtualNode node,
      Kind kind,
      String location,
      Map<String, Object> order,
      String what,
      Request request)
      throws BundleException {
    Map<String, Object> full = new LinkedHashMap<>(order);
    Question question = verdicts.available() ? question(node, what) : null;
    if (question != null) {
      full.put("change", question.change().toString());
      full.put("group", question.group().toString());
      full.put("asked", question.version());
    }
    steps.at(kind, "asked", location);
    Map<String, Object> answer;
    try {
      answer = request.send(full);
    } catch (UnknownEffectException e) {
      if (question == null) {
        throw e;
      }
      giveUp(node, question, e);
      return lookUp(node, location, what);
    } catch (BundleException e) {
      forget(node, question); // the answer says that it was not made
      throw e;
    }
    steps.at(kind, "answered", location);
    forget(node, question);
    return Optional.of(RemoteOperations.facts(answer, what));
  }

  private void forget(VirtualNode node, @Nullable Question question) {
    if (question != null) {
      verdicts.forget(node.info().id(), question.change());
    }
  }

  /** The question in the group store; null when nobody can decide: then the change is made all the same, but if its answer is lost nobody knows. */
  private @Nullable Question question(VirtualNode node, String what) throws BundleException {
    try {
      return verdicts
          .ask(node.info().id(), UUID.randomUUID())
          .toCompletableFuture()
          .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BundleException(what + ": interrupted; nothing was done", e);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(
          Level.WARNING,
          "{0} on {1}: goes on without the group store, which cannot decide ({2})",
          what,
          node.name(),
          cause(e));
      return null;
    }
  }

  private static String cause(Exception e) {
    return e.getCause() == null
        ? "it does not answer"
        : HostErrors.oneLine(String.valueOf(e.getCause().getMessage()));
  }

  /** Returns when the other node has done it, throws when it has not and never will. */
  private void giveUp(VirtualNode node, Question question, UnknownEffectException why)
      throws BundleException {
    Verdict verdict;
    try {
      verdict = verdicts
          .giveUp(node.info().id(), question)
          .toCompletableFuture()
          .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw why;
    } catch (ExecutionException | TimeoutException e) {
      throw undecided(cause(e), why);
    }
    if (verdict == Verdict.ELSEWHERE) {
      throw undecided("it has become another one since", why);
    }
    // A question that was done stays until the other node has ended it.
    if (verdict == Verdict.GIVEN_UP) {
      throw new BundleException(
          why.reason() + "; it is given up: what " + node.name()
              + " has done of it is taken back, at the latest with its next start",
          why);
    }
  }

  private static UnknownEffectException undecided(String cause, UnknownEffectException why) {
    return new UnknownEffectException(
        why.reason(),
        "whether it was done is unknown, and the group store cannot decide it now (" + cause
            + "): look at fluid:bundles",
        why);
  }

  /** It was done; how it is now is not necessary to know. */
  private Optional<BundleFacts> lookUp(VirtualNode node, String location, String what) {
    try {
      Map<String, Object> known = client.call(node, Op.LOOKUP, Map.of("location", location), what);
      return known.isEmpty() ? Optional.empty() : Optional.of(RemoteOperations.facts(known, what));
    } catch (BundleException e) {
      return Optional.empty();
    }
  }
}
