package org.fluidosgi.framework.internal.context;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.internal.ServiceIds;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** A host's service reference as virtual bundles see it: registered and used by virtual bundles.
 * Shape: {@code service.id} and {@code service.bundleid} are those of the group; an imported service belongs to the virtual bundle of
 * another node that registered it, where that node told which. The order is by ranking and these ids. Equality: that of the references behind.
 * Threads: immutable. */
final class ReferenceView<S> implements ServiceReference<S> {
  /** Property of an imported service (chapter 100). */
  static final String IMPORTED = "service.imported";

  private final ServiceReference<S> raw;
  private final HostView view;

  ReferenceView(ServiceReference<S> raw, HostView view) {
    this.raw = raw;
    this.view = view;
  }

  ServiceReference<S> raw() {
    return raw;
  }

  @Override
  public @Nullable Object getProperty(String key) {
    Object value = raw.getProperty(key);
    if (value instanceof Long host) {
      if (Constants.SERVICE_ID.equalsIgnoreCase(key)) {
        return told(ServiceIds.SERVICE)
            .map(VirtualId::toLong)
            .orElseGet(() -> ServiceIds.of(view.bundles().ordinal(), host));
      } else if (Constants.SERVICE_BUNDLEID.equalsIgnoreCase(key)) {
        return told(ServiceIds.BUNDLE)
            .map(VirtualId::toLong)
            .or(() -> elsewhere().map(VirtualBundle::getBundleId))
            .orElseGet(() -> registrant(host));
      }
    }
    return value;
  }

  /** What an imported service's endpoint says of its place in the group. */
  private Optional<VirtualId> told(String property) {
    return raw.getProperty(IMPORTED) == null
        ? Optional.empty()
        : ServiceIds.read(raw.getProperty(property));
  }

  /** The bundle of another node that it is registered for: it was imported, or registered through that bundle's context here. */
  private Optional<VirtualBundle> elsewhere() {
    return ServiceIds.read(raw.getProperty(ServiceIds.BUNDLE))
        .map(id -> view.bundles().byId(id.toLong())); // none when it is not known (any more)
  }

  private long registrant(long host) {
    Bundle bundle = raw.getBundle();
    return bundle == null ? host : view.bundle(bundle).getBundleId();
  }

  @Override
  public String[] getPropertyKeys() {
    return raw.getPropertyKeys();
  }

  /** Made from the keys: references of frameworks older than R7 lack the method. */
  @Override
  public Dictionary<String, Object> getProperties() {
    Dictionary<String, Object> properties = new Hashtable<>();
    for (String key : getPropertyKeys()) {
      Object value = getProperty(key);
      if (value != null) {
        properties.put(key, value);
      }
    }
    return properties;
  }

  @Override
  public @Nullable Bundle getBundle() {
    Bundle bundle = raw.getBundle();
    if (bundle == null) {
      return null;
    }
    Bundle elsewhere = elsewhere().orElse(null);
    return elsewhere == null ? view.bundle(bundle) : elsewhere;
  }

  @Override
  public Bundle @Nullable [] getUsingBundles() {
    Bundle[] here = view.bundles(raw.getUsingBundles());
    List<VirtualBundle> elsewhere =
        raw.getBundle() == null ? List.of() : view.bundles().usersElsewhere(id());
    if (elsewhere.isEmpty()) {
      return here;
    }
    Set<Bundle> all = new LinkedHashSet<>(here == null ? List.of() : List.of(here));
    all.addAll(elsewhere);
    return all.toArray(new Bundle[0]);
  }

  @Override
  public boolean isAssignableTo(Bundle bundle, String className) {
    Bundle host = HostView.host(bundle);
    // A bundle of another node has no class space here, so nothing here can be cast to its classes.
    return !(host instanceof VirtualBundle) && raw.isAssignableTo(host, className);
  }

  @Override
  public int compareTo(Object other) {
    if (!(other instanceof ReferenceView<?> reference)) {
      return raw.compareTo(other);
    }
    int byRanking = Integer.compare(ranking(), reference.ranking());
    return byRanking != 0 ? byRanking : Long.compare(reference.id(), id()); // the earlier one first
  }

  private int ranking() {
    return raw.getProperty(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0;
  }

  private long id() {
    return getProperty(Constants.SERVICE_ID) instanceof Long id ? id : 0;
  }

  /** Whether it is a service of another node. */
  boolean isElsewhere() {
    return told(ServiceIds.SERVICE).isPresent();
  }

  @Override
  public <A> @Nullable A adapt(Class<A> type) {
    try {
      return raw.adapt(type);
    } catch (NoSuchMethodError | AbstractMethodError e) {
      return null; // a framework older than R8: nothing to adapt to
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ReferenceView<?> reference && raw.equals(reference.raw);
  }

  @Override
  public int hashCode() {
    return raw.hashCode();
  }

  @Override
  public String toString() {
    return raw.toString();
  }
}
