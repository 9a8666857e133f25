package org.fluidosgi.framework.internal.context;

import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualBundleContext;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.LocalControl;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.framework.startlevel.BundleStartLevel;

/** A virtual bundle that this node holds.
 * Invariant: at most one virtual context per host context. Equality: by id, with any other virtual bundle.
 * Threads: any; life-cycle methods block as {@link LocalControl} does. */
public final class LocalVirtualBundle extends BundleView implements VirtualBundle {
  private final AtomicReference<@Nullable LocalVirtualContext> context = new AtomicReference<>();
  private volatile LocalControl control;

  LocalVirtualBundle(Bundle host, LocalControl control, HostView view) {
    super(host, view);
    this.control = control;
  }

  void controlBy(LocalControl next) {
    control = next;
  }

  @Override
  public VirtualId id() {
    return control.id();
  }

  @Override
  public VirtualNode node() {
    return control.node();
  }

  @Override
  public String sha256() {
    return control.sha256();
  }

  @Override
  public long getBundleId() {
    return id().toLong();
  }

  @Override
  public void start() throws BundleException {
    control.start(0);
  }

  @Override
  public void start(int options) throws BundleException {
    control.start(options);
  }

  @Override
  public void stop() throws BundleException {
    control.stop(0);
  }

  @Override
  public void stop(int options) throws BundleException {
    control.stop(options);
  }

  @Override
  public void update() throws BundleException {
    control.update(null);
  }

  @Override
  public void update(@Nullable InputStream input) throws BundleException {
    control.update(input);
  }

  @Override
  public void uninstall() throws BundleException {
    control.uninstall();
  }

  /** Those of its host bundle, and those that were registered through its context on other nodes and are shared with this one. */
  @Override
  public ServiceReference<?> @Nullable [] getRegisteredServices() {
    ServiceReference<?>[] here = super.getRegisteredServices();
    BundleContext raw = host().getBundleContext();
    ServiceReference<?>[] elsewhere = raw == null
        ? null
        : view()
            .services(
                "(&(" + ReferenceView.IMPORTED + "=*)(" + Constants.SERVICE_BUNDLEID + "="
                    + getBundleId() + "))",
                raw);
    if (here == null || elsewhere == null) {
      return here == null ? elsewhere : here;
    }
    return Stream.of(here, elsewhere).flatMap(Arrays::stream).toArray(ServiceReference<?>[]::new);
  }

  @Override
  public @Nullable VirtualBundleContext getBundleContext() {
    BundleContext raw = host().getBundleContext();
    if (raw == null) {
      context.set(null);
      return null;
    }
    return contextOver(raw);
  }

  /** The virtual context for that context; any context that is not the host bundle's own stays what it is. */
  public BundleContext wrap(BundleContext raw) {
    return raw.equals(host().getBundleContext()) ? contextOver(raw) : raw;
  }

  /** The virtual context already given out for that one, else the argument. */
  public BundleContext given(BundleContext raw) {
    LocalVirtualContext now = context.get();
    return now != null && now.raw().equals(raw) ? now : raw;
  }

  private LocalVirtualContext contextOver(BundleContext raw) {
    LocalVirtualContext now = context.get();
    while (now == null || !now.raw().equals(raw)) {
      LocalVirtualContext next = new LocalVirtualContext(this, raw);
      if (context.compareAndSet(now, next)) {
        return next;
      }
      now = context.get();
    }
    return now;
  }

  @Override
  public <A> @Nullable A adapt(Class<A> type) {
    if (type == VirtualBundle.class || type == LocalVirtualBundle.class) {
      return type.cast(this);
    }
    if (type == VirtualBundleContext.class) {
      return type.cast(getBundleContext());
    }
    A adapted = super.adapt(type);
    if (adapted instanceof BundleStartLevel level) {
      return type.cast(new LocalStartLevel(this, level, control));
    }
    if (adapted instanceof BundleDTO dto) {
      dto.id = getBundleId();
    }
    return adapted;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VirtualBundle bundle && bundle.getBundleId() == getBundleId();
  }

  @Override
  public int hashCode() {
    return Long.hashCode(getBundleId());
  }

  @Override
  public String toString() {
    return getSymbolicName() + " [" + id() + "]";
  }
}
