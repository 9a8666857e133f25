package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.internal.core.Change;
import org.fluidosgi.framework.internal.core.Change.Kind;
import org.fluidosgi.framework.internal.core.Change.Step;
import org.fluidosgi.framework.internal.core.Changes;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.fluidosgi.framework.internal.core.Failures;
import org.fluidosgi.framework.internal.core.Verdicts;
import org.fluidosgi.framework.internal.core.Verdicts.Question;
import org.fluidosgi.framework.internal.core.Verdicts.UndecidedException;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Installs, updates and uninstalls virtual bundles of this node, one change of a bundle at a time.
 * Threads: any; a change that another node asked for goes on after its method returned, until the group store has decided.
 * Errors: BundleException that names bundle, node, cause and remedy. */
final class LocalChanges implements Changes.Ground, Registration {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private final LocalBundles bundles;
  private final LocalBundles.Parts parts;
  private final Steps steps;
  private final Executor later;
  private final Changes changes;

  /** Bundles by counter whose content or existence is being changed. */
  private final Map<Long, LocalBundle> changing = new ConcurrentHashMap<>();

  LocalChanges(
      LocalBundles bundles,
      LocalBundles.Parts parts,
      Verdicts verdicts,
      Steps steps,
      Env env,
      Executor later) {
    this.bundles = bundles;
    this.parts = parts;
    this.steps = steps;
    this.later = later;
    changes = new Changes(this, verdicts, env, later);
    bundles.changes(this);
  }

  /** Ends what an earlier run of this node had begun. */
  void resume(List<Change> begun) {
    for (Change change : begun) {
      LocalBundle bundle = bundles.byCounter(change.counter());
      if (bundle != null) {
        changing.put(change.counter(), bundle);
      }
      changes.resume(change).whenComplete((done, failure) -> {
        if (failure != null) {
          LOG.log(
              Level.WARNING,
              "{0}: {1}: {2}",
              bundles.node().name(),
              change,
              HostErrors.cause(Failures.cause(failure)));
        }
      });
    }
  }

  @Override
  public void close() {
    changes.close();
  }

  // ---- what callers ask for

  /** Installs content that lies in the store; what is installed there already is returned as it is. Shape: {@code asked} is null when no other node
   * asks for it. */
  CompletionStage<LocalBundle> install(String location, Content content, @Nullable Question asked) {
    try {
      LocalBundle known = bundles.byLocation(location);
      if (known != null && !known.inDoubt()) {
        return CompletableFuture.completedFuture(known);
      }
      LocalBundle.Saved after =
          new LocalBundle.Saved(location, content.sha256(), content.size(), false, false);
      Change mine = change(Kind.INSTALL, asked, parts.ids().next(), after);
      LocalBundles.Installing other = bundles.installing(mine);
      if (other != null) {
        return other.over().thenComposeAsync(over -> install(location, content, asked), later);
      }
      LocalBundle meanwhile = bundles.table().byLocation(location);
      if (meanwhile != null) {
        bundles.installed(mine);
        return CompletableFuture.completedFuture(meanwhile);
      }
      return carryOut(mine, "install " + location).thenApply(done -> installed(mine));
    } catch (BundleException e) {
      return CompletableFuture.failedFuture(e);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(bundles.failed("install " + location, e));
    }
  }

  private LocalBundle installed(Change change) {
    LocalBundle fresh = bundles.byCounter(change.counter());
    if (fresh == null) {
      throw new CompletionException(bundles.failed(
          "install " + change.location(), new BundleException("it was uninstalled at once")));
    }
    return fresh;
  }

  /** Updates from content that lies in the store. */
  CompletionStage<LocalBundle> update(
      LocalBundle bundle, Content content, @Nullable Question asked) {
    LocalBundle.Saved after = bundle.saved().with(content);
    Change mine = change(Kind.UPDATE, asked, bundle.id(), after);
    return claimed(bundle, mine).thenApply(done -> bundle);
  }

  CompletionStage<LocalBundle> uninstall(LocalBundle bundle, @Nullable Question asked) {
    Change mine = change(Kind.UNINSTALL, asked, bundle.id(), bundle.saved());
    return claimed(bundle, mine).thenApply(done -> bundle);
  }

  private CompletionStage<Boolean> claimed(LocalBundle bundle, Change change) {
    try {
      LocalBundles.checkInstalled(bundle);
    } catch (IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Void> other = bundle.claim(change);
    if (other != null) {
      return other.thenComposeAsync(over -> claimed(bundle, change), later);
    }
    changing.put(change.counter(), bundle);
    return carryOut(change, change.kind().word() + " " + LocalBundles.name(bundle));
  }

  private static Change change(
      Kind kind, @Nullable Question asked, VirtualId id, LocalBundle.Saved after) {
    return new Change(
        asked == null ? new UUID(0, id.counter()) : asked.change(),
        kind,
        asked,
        id.counter(),
        after.location(),
        after.sha256(),
        after.size());
  }

  private CompletionStage<Boolean> carryOut(Change change, String what) {
    return changes.carryOut(change).handle((done, failure) -> {
      if (failure != null) {
        throw new CompletionException(failed(what, Failures.cause(failure)));
      }
      if (!done) {
        throw new CompletionException(
            failed(
                what,
                new BundleException(
                    "it is undone: the node that asked has given it up, or has not joined this group store yet")));
      }
      return true;
    });
  }

  private Exception failed(String what, Throwable cause) {
    if (cause instanceof UndecidedException undecided) {
      return bundles.failed(
          what,
          new BundleException(
              undecided.none()
                  ? "nothing was done, since nobody can decide it: " + cause.getMessage()
                      + ": try again, or do it on " + bundles.node().name() + " itself"
                  : cause.getMessage()));
    }
    return cause instanceof Exception e
        ? bundles.failed(what, e)
        : new IllegalStateException(cause);
  }

  /** Waits for it. */
  LocalBundle await(CompletionStage<LocalBundle> change, String what) throws BundleException {
    try {
      return change.toCompletableFuture().get(parts.timeoutMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = Failures.cause(e.getCause() == null ? e : e.getCause());
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw cause instanceof BundleException failure
          ? failure
          : new BundleException(what + ": " + cause, cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BundleException(what + ": interrupted", e);
    } catch (TimeoutException e) {
      throw new BundleException(
          what + " on " + bundles.node().name() + ": another change of it has not ended after "
              + parts.timeoutMillis() + " ms: try again",
          e);
    }
  }

  /** As {@code Bundle.uninstall} does it. */
  void uninstall(LocalBundle bundle) throws BundleException {
    await(uninstall(bundle, null), "uninstall " + LocalBundles.name(bundle));
  }

  /** As {@code Bundle.update} does it. */
  void update(LocalBundle bundle, @Nullable InputStream stream) throws BundleException {
    String what = "update " + LocalBundles.name(bundle);
    LocalBundles.checkInstalled(bundle);
    String from = bundle.host().getHeaders("").get("Bundle-UpdateLocation");
    try {
      Content content = stream == null
          ? parts.contents().read(from == null ? bundle.saved().location() : from)
          : parts.contents().take(stream);
      await(update(bundle, content, null), what);
    } catch (IOException e) {
      throw bundles.failed(what, e);
    }
  }

  // ---- ground

  @Override
  public void begin(Change change) throws IOException {
    bundles.save();
  }

  @Override
  public void apply(Change change) throws BundleException {
    LocalBundle bundle = bundles.byCounter(change.counter());
    switch (change.kind()) {
      case INSTALL -> {
        Bundle host =
            parts.context().getBundle(parts.agent().install(change.location(), file(change)));
        if (host == null) {
          throw new BundleException("it was uninstalled at once");
        }
        LocalBundle fresh = bundles.enter(host, change);
        fresh.modified(host.getLastModified());
      }
      case UPDATE -> {
        if (bundle != null) {
          parts.agent().update(bundle.host().getBundleId(), file(change));
          bundle.modified(bundle.host().getLastModified());
        }
      }
      case UNINSTALL -> {
        if (bundle != null && bundle.host().getState() != Bundle.UNINSTALLED) {
          parts.agent().uninstall(bundle.host().getBundleId());
        }
      }
    }
  }

  private Path file(Change change) throws BundleException {
    return file(change.sha256());
  }

  private Path file(String sha256) throws BundleException {
    return parts
        .contents()
        .store()
        .find(sha256)
        .orElseThrow(() -> new BundleException(
            "content " + sha256 + " is no longer in " + bundles.node().name() + "'s store"))
        .file();
  }

  @Override
  public void undo(Change change) throws BundleException {
    LocalBundle bundle = bundles.byCounter(change.counter());
    if (bundle == null) {
      return;
    }
    long host = bundle.host().getBundleId();
    if (change.kind() == Kind.INSTALL) {
      parts.agent().uninstall(host);
      bundles.forget(bundle);
    } else if (bundle.touched()) {
      parts.agent().update(host, file(bundle.saved().sha256()));
      bundle.modified(bundle.host().getLastModified());
    }
  }

  @Override
  public void end(Change change, boolean done) throws IOException {
    LocalBundle changed = changing.remove(change.counter());
    LocalBundle bundle = changed == null ? bundles.byCounter(change.counter()) : changed;
    if (bundle != null) {
      if (done && change.kind() == Kind.UPDATE) {
        bundle.change(saved -> saved.withContentOf(change));
      } else if (change.kind() == (done ? Kind.UNINSTALL : Kind.INSTALL)) {
        bundles.forget(bundle); // also what was to be taken back and stays on the host
      }
      bundle.release(change);
    }
    if (change.kind() == Kind.INSTALL) {
      bundles.installed(change);
    }
    try {
      bundles.save();
    } finally {
      if (bundle != null) {
        announce(bundle, change, done);
      }
    }
  }

  private void announce(LocalBundle bundle, Change change, boolean done) {
    if (done && change.kind() != Kind.UNINSTALL) {
      OtherContent.of(bundle.wrapper(), parts.listener().group())
          .ifPresent(line -> LOG.log(Level.WARNING, "{0}: {1}", bundles.node().name(), line));
    }
    if (done && change.kind() == Kind.INSTALL) {
      bundles.contexts().installed(bundle.wrapper());
      LOG.log(
          Level.INFO,
          "{0}: installed {1} {2}",
          bundles.node().name(),
          bundle.id(),
          change.location());
    }
    bundles.tell(bundle);
  }

  @Override
  public void at(Change change, Step step) {
    steps.at(change.kind(), step.word(), change.location());
  }
}
