package org.fluidosgi.framework.internal.resources;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.Providers;
import org.fluidosgi.framework.Providers.InRepository;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.IdentityNamespace;
import org.osgi.resource.Capability;
import org.osgi.resource.Requirement;
import org.osgi.service.repository.Repository;
import org.osgi.util.tracker.ServiceTracker;

/** Asks the Repository services (chapter 132) of this host. They may be slow, hang or throw: each is asked on a thread of its own
 * pool, and what did not answer in time makes the answer partial. Nothing is cached: a repository keeps its own index.
 * Made only when the package of the services is there. Threads: any. */
final class Repositories implements Registration {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");

  /** Repositories asked at a time. */
  static final int THREADS = 4;

  /** Questions waiting for a thread; further ones are not asked. */
  static final int WAITING_MAX = 256;

  private static final List<String> NAMES =
      List.of(Repository.URL, Constants.SERVICE_PID, Constants.SERVICE_DESCRIPTION);

  private final ServiceTracker<Repository, Repository> tracker;
  private final ThreadPoolExecutor executor;
  private final long timeoutMillis;

  Repositories(BundleContext context, long timeoutMillis) {
    this.timeoutMillis = timeoutMillis;
    AtomicInteger count = new AtomicInteger();
    executor = new ThreadPoolExecutor(
        THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_MAX), task -> {
          Thread thread = new Thread(task, "fluid-framework-repository-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
    executor.allowCoreThreadTimeOut(true);
    tracker = new ServiceTracker<>(context, Repository.class, null);
    tracker.open();
  }

  /** All repositories' answers, by repository's name. The stage does not fail. */
  CompletionStage<Providers> ask(Requirement requirement) {
    List<CompletableFuture<Providers>> answers = new ArrayList<>();
    tracker.getTracked().forEach((reference, repository) -> {
      answers.add(ask(name(reference), repository, requirement));
    });
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).thenApply(done -> {
      List<Providers.Provider> found = new ArrayList<>();
      answers.forEach(answer -> found.addAll(answer.join().found()));
      return new Providers(
          found, answers.stream().anyMatch(answer -> answer.join().partial()));
    });
  }

  private CompletableFuture<Providers> ask(
      String name, Repository repository, Requirement requirement) {
    CompletableFuture<Providers> answer;
    try {
      answer = CompletableFuture.supplyAsync(() -> find(name, repository, requirement), executor);
    } catch (RejectedExecutionException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    return answer.orTimeout(timeoutMillis, TimeUnit.MILLISECONDS).exceptionally(failure -> {
      LOG.log(
          Level.WARNING,
          "repository {0} did not answer who provides {1} {2}: {3}",
          name,
          requirement.getNamespace(),
          requirement.getDirectives(),
          failure);
      return new Providers(List.of(), true);
    });
  }

  private static Providers find(String name, Repository repository, Requirement requirement) {
    List<InRepository> found = new ArrayList<>();
    for (Collection<Capability> each :
        repository.findProviders(List.of(requirement)).values()) {
      each.forEach(capability -> found.add(provider(name, capability)));
    }
    found.sort(
        Comparator.comparing(InRepository::symbolicName).thenComparing(InRepository::version));
    return new Providers(List.copyOf(found), false);
  }

  private static InRepository provider(String repository, Capability capability) {
    for (Capability identity :
        capability.getResource().getCapabilities(IdentityNamespace.IDENTITY_NAMESPACE)) {
      Map<String, Object> told = identity.getAttributes();
      Object version = told.get(IdentityNamespace.CAPABILITY_VERSION_ATTRIBUTE);
      return new InRepository(
          repository,
          capability,
          String.valueOf(told.get(IdentityNamespace.IDENTITY_NAMESPACE)),
          version instanceof Version given ? given : Version.emptyVersion);
    }
    return new InRepository(repository, capability, "", Version.emptyVersion);
  }

  private static String name(ServiceReference<Repository> reference) {
    for (String property : NAMES) {
      String text = text(reference.getProperty(property));
      if (text != null) {
        return text;
      }
    }
    return "repository " + reference.getProperty(Constants.SERVICE_ID);
  }

  /** The first of a value that may be one or several texts. */
  private static @Nullable String text(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof String[] texts && texts.length > 0) {
      return texts[0];
    }
    return value instanceof Collection<?> texts && !texts.isEmpty()
        ? String.valueOf(texts.iterator().next())
        : null;
  }

  @Override
  public void close() {
    tracker.close();
    executor.shutdownNow();
  }
}
