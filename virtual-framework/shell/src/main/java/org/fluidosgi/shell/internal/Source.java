package org.fluidosgi.shell.internal;

import java.util.Optional;
import java.util.function.Supplier;
import org.fluidosgi.framework.VirtualFramework;
import org.jspecify.annotations.Nullable;

/** Where commands take what they show. */
final class Source {
  private final Supplier<@Nullable VirtualFramework> framework;
  private final ViewClock clock;

  Source(Supplier<@Nullable VirtualFramework> framework, ViewClock clock) {
    this.framework = framework;
    this.clock = clock;
  }

  Optional<VirtualFramework> framework() {
    return Optional.ofNullable(framework.get());
  }

  /** The view in force and its age, as a footer's end. */
  String view() {
    return clock.toString();
  }
}
