package org.fluidosgi.framework.internal.resources;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.fluidosgi.framework.Providers;
import org.fluidosgi.framework.Providers.InVirtualBundle;
import org.fluidosgi.framework.Providers.OnHost;
import org.fluidosgi.framework.Providers.Provider;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.registry.Clause;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.Version;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;

/** Asks the store which bundles of the group provide what is required. The store finds the records by key; which of a record's capabilities
 * it was is told here, with what a filter cannot say: {@code effective} and {@code mandatory}.
 * Threads: one search; pages come on the node's task queue. */
final class ProviderSearch {
  private final VirtualFramework framework;
  private final RegistryStore store;
  private final Interest interest;
  private final String effective;
  private final List<InVirtualBundle> inBundles = new ArrayList<>();
  private final List<OnHost> onHosts = new ArrayList<>();
  private boolean partial;

  ProviderSearch(VirtualFramework framework, RegistryStore store, Requirement requirement) {
    this.framework = framework;
    this.store = store;
    Map<String, String> directives = requirement.getDirectives();
    interest = Interest.providing(
        requirement.getNamespace(), directives.get(Namespace.REQUIREMENT_FILTER_DIRECTIVE));
    effective = effective(directives);
  }

  private static String effective(Map<String, String> directives) {
    return directives.getOrDefault(
        Namespace.CAPABILITY_EFFECTIVE_DIRECTIVE, Namespace.EFFECTIVE_RESOLVE);
  }

  /** Errors: IllegalArgumentException when the requirement's filter is wrong. */
  CompletionStage<Providers> run() {
    CompletionStage<Page> first = store.scan(interest, RegistryStore.PAGE_RECORDS_MAX, null);
    Filter filter = filter(); // after the store, which says where a filter is wrong
    return first.thenCompose(page -> rest(page, filter));
  }

  private @Nullable Filter filter() {
    String text = interest.filter();
    try {
      return text == null ? null : FrameworkUtil.createFilter(text);
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException("filter " + text + " is wrong: " + e.getMessage(), e);
    }
  }

  private CompletionStage<Providers> rest(Page page, @Nullable Filter filter) {
    take(page, filter);
    String next = page.next();
    return next == null
        ? CompletableFuture.completedFuture(result())
        : store
            .scan(interest, RegistryStore.PAGE_RECORDS_MAX, next)
            .thenCompose(more -> rest(more, filter));
  }

  private void take(Page page, @Nullable Filter filter) {
    partial |= page.partial();
    for (RegistryRecord record : page.records()) {
      List<Map<String, Object>> capabilities = capabilities(record, filter);
      if (record.id().name().startsWith(BundleResource.HOST)) {
        takeHost(record, capabilities);
      } else {
        VirtualBundle bundle = bundle(record);
        if (bundle != null) {
          capabilities.forEach(each -> inBundles.add(new InVirtualBundle(bundle, each)));
        }
      }
    }
  }

  /** The attributes of the record's capabilities that satisfy the requirement. */
  private List<Map<String, Object>> capabilities(RegistryRecord record, @Nullable Filter filter) {
    String namespace = String.valueOf(interest.namespace());
    return Clause.in(record, Clause.CAPABILITIES, namespace).stream()
        .filter(each -> matches(each, filter))
        .map(Clause::attributes)
        .toList();
  }

  private void takeHost(RegistryRecord record, List<Map<String, Object>> capabilities) {
    VirtualNode node = framework.nodes().stream()
        .filter(each -> each.info().id().equals(record.id().owner()))
        .findFirst()
        .orElse(null);
    Map<String, Object> told = record.attributes();
    if (node == null) {
      partial = true; // its own record did not come yet
    } else if (told.get("host.id") instanceof Long id
        && told.get("bsn") instanceof String name
        && told.get("version") instanceof Version version) {
      capabilities.forEach(each -> onHosts.add(new OnHost(node, id, name, version, each)));
    }
  }

  /** The bundle of that record, null when its node is of another group or its own record did not come yet. */
  private @Nullable VirtualBundle bundle(RegistryRecord record) {
    VirtualId id;
    try {
      id = VirtualId.parse(record.id().name());
    } catch (IllegalArgumentException e) {
      return null;
    }
    VirtualBundle bundle = framework.bundle(id.toLong()).orElse(null);
    return bundle == null || !bundle.node().info().id().equals(record.id().owner()) ? null : bundle;
  }

  private boolean matches(Clause capability, @Nullable Filter filter) {
    if (!effective(capability.directives()).equals(effective)) {
      return false;
    }
    String text = interest.filter() == null ? "" : interest.filter();
    String mandatory = capability.directives().getOrDefault("mandatory", "");
    for (String name : mandatory.split(",")) {
      if (!name.isBlank() && !named(name.trim(), text)) {
        return false;
      }
    }
    return filter == null || filter.matches(capability.attributes());
  }

  /** Whether the filter compares that attribute. */
  private static boolean named(String attribute, String filter) {
    return Pattern.compile("\\(\\s*" + Pattern.quote(attribute) + "\\s*[=~<>]")
        .matcher(filter)
        .find();
  }

  private Providers result() {
    inBundles.sort(Comparator.comparingLong(provider -> provider.bundle().getBundleId()));
    onHosts.sort(Comparator.comparingInt((OnHost provider) -> provider.node().ordinal())
        .thenComparing(provider -> provider.node().info().id())
        .thenComparingLong(OnHost::hostId));
    List<Provider> found = new ArrayList<>(inBundles);
    found.addAll(onHosts);
    return new Providers(found, partial);
  }
}
