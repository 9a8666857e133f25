package org.fluidosgi.framework.internal.group;

import static org.fluidosgi.framework.internal.core.Telling.tell;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.fluidosgi.channel.Env;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.fluidosgi.framework.internal.core.NodeFacts;
import org.fluidosgi.framework.internal.resources.BundleResource;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/** Tells the group about this node and its bundles.
 * Invariant: a description with a higher revision was read later, so the last one told is right. Threads: any; publishing is done on the
 * node's task queue, in order. */
final class Publisher {
  private final Env env;
  private final Supplier<NodeFacts> node;
  private final LocalBundlesList bundles;
  private final AtomicLong revision = new AtomicLong();
  /** Of each bundle by id, the modification whose capabilities were told; the task queue's own. */
  private final Map<String, Long> told = new HashMap<>();

  private volatile @Nullable RegistryStore store;

  /** What is to be told when a store appears. */
  interface LocalBundlesList {
    Iterable<LocalBundle> all();
  }

  Publisher(Env env, Supplier<NodeFacts> node, LocalBundlesList bundles) {
    this.env = env;
    this.node = node;
    this.bundles = bundles;
  }

  /** Publishes to that store from now on, all there is first; null = none. */
  void attach(@Nullable RegistryStore now) {
    store = now;
    env.execute(told::clear);
    nodeChanged();
    for (LocalBundle bundle : bundles.all()) {
      changed(bundle);
    }
  }

  /** Takes everything back; in the queue after what is waiting there. */
  void withdrawAll() {
    RegistryStore last = store;
    if (last == null) {
      return;
    }
    store = null;
    for (LocalBundle bundle : bundles.all()) {
      String name = bundle.id().toString();
      env.execute(() -> withdraw(last, name));
    }
    env.execute(() -> tell(() -> last.withdraw("node", "self")));
  }

  /** The bundle as it is now. */
  BundleFacts describe(LocalBundle bundle) {
    return bundle.facts(revision.incrementAndGet());
  }

  void nodeChanged() {
    later(to -> tell(
        () -> to.publish(Publication.of("node", "self", Set.of(), node.get().toAttributes()))));
  }

  void changed(LocalBundle bundle) {
    later(to -> {
      BundleFacts facts = describe(bundle);
      String name = facts.id().toString();
      if (facts.state() == Bundle.UNINSTALLED) {
        withdraw(to, name);
        return;
      }
      tell(() -> to.publish(Publication.of("bundle", name, bundle.keys(), facts.toAttributes())));
      Long modified = told.put(name, facts.modified());
      if (modified == null || modified != facts.modified()) {
        LocalBundle.Saved saved = bundle.saved();
        tell(() -> to.publish(
            BundleResource.ofVirtual(facts.id(), bundle.host(), saved.sha256(), saved.size())));
      }
    });
  }

  void gone(VirtualId id) {
    later(to -> withdraw(to, id.toString()));
  }

  private void withdraw(RegistryStore from, String name) {
    told.remove(name);
    tell(() -> from.withdraw("bundle", name));
    tell(() -> from.withdraw(Interest.RESOURCE, name));
  }

  private void later(Consumer<RegistryStore> telling) {
    if (store == null) {
      return;
    }
    env.execute(() -> {
      RegistryStore now = store;
      if (now != null) {
        telling.accept(now);
      }
    });
  }
}
