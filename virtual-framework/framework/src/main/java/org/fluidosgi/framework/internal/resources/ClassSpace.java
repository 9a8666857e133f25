package org.fluidosgi.framework.internal.resources;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.Providers;
import org.fluidosgi.framework.Providers.Provider;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.resource.Requirement;

/** Answers who provides what is required: the bundles of all nodes from the records that lie here, then this host's repositories.
 * Threads: any. */
public final class ClassSpace implements Registration {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");

  private final @Nullable Repositories repositories;
  private volatile @Nullable RegistryStore store;

  /** A repository has {@code timeoutMillis} to answer. */
  public ClassSpace(BundleContext context, long timeoutMillis) {
    repositories = repositories(context, timeoutMillis);
  }

  /** The package of Repository services is optional: without it there is nobody to ask. */
  private static @Nullable Repositories repositories(BundleContext context, long timeoutMillis) {
    try {
      return new Repositories(context, timeoutMillis);
    } catch (NoClassDefFoundError e) {
      LOG.log(Level.DEBUG, "no package of Repository services", e);
      return null;
    }
  }

  /** Where bundles are looked up from now on, null = nowhere. */
  public void attach(@Nullable RegistryStore now) {
    store = now;
  }

  /** As {@link VirtualFramework#findProviders}, whose bundles and nodes these are. */
  public CompletionStage<Providers> find(VirtualFramework framework, Requirement requirement) {
    RegistryStore now = store;
    if (now == null) {
      return CompletableFuture.failedFuture(new IllegalStateException(
          "no registry on this node, start bundle org.fluidosgi.registry"));
    }
    CompletionStage<Providers> bundles = new ProviderSearch(framework, now, requirement).run();
    return repositories == null
        ? bundles
        : bundles.thenCombine(repositories.ask(requirement), ClassSpace::both);
  }

  private static Providers both(Providers first, Providers second) {
    List<Provider> found = new ArrayList<>(first.found());
    found.addAll(second.found());
    return new Providers(found, first.partial() || second.partial());
  }

  @Override
  public void close() {
    store = null;
    if (repositories != null) {
      repositories.close();
    }
  }
}
