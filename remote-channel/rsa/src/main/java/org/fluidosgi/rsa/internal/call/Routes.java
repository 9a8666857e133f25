package org.fluidosgi.rsa.internal.call;

import static org.fluidosgi.channel.ChannelException.Effect.NONE;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.rsa.spi.CallRouter;
import org.fluidosgi.rsa.spi.PendingCall;
import org.jspecify.annotations.Nullable;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** Asks the call router, if there is one, and applies the default rule otherwise. Threads: any; nothing blocks. */
public final class Routes {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");

  private final Supplier<@Nullable CallRouter> router;
  private final Supplier<Collection<RemoteTarget>> imports;
  private final AtomicBoolean warned = new AtomicBoolean();

  public Routes(Supplier<@Nullable CallRouter> router, Supplier<Collection<RemoteTarget>> imports) {
    this.router = router;
    this.imports = imports;
  }

  Optional<RemoteTarget> route(
      long callId, int attempt, String method, @Nullable ChannelException last, RemoteTarget own) {
    CallRouter chosen = router.get();
    if (chosen != null) {
      try {
        List<RemoteTarget> candidates = candidates(own);
        PendingCall call = new PendingCall(
            callId,
            attempt,
            method,
            Optional.ofNullable(last),
            own.endpoint(),
            candidates.stream().map(RemoteTarget::endpoint).toList());
        Optional<EndpointDescription> endpoint = chosen.route(call);
        return endpoint.flatMap(
            e -> candidates.stream().filter(c -> c.endpoint().equals(e)).findFirst());
      } catch (RuntimeException e) {
        if (warned.compareAndSet(false, true)) {
          LOG.log(
              Level.WARNING,
              "call router " + chosen + " failed; calls go to their own endpoint",
              e);
        }
      }
    }
    boolean go = attempt == 0
        || attempt == 1 && last != null && last.effect() == NONE && last.scope() != Scope.CALL;
    return go ? Optional.of(own) : Optional.empty();
  }

  private List<RemoteTarget> candidates(RemoteTarget own) {
    List<RemoteTarget> candidates = new ArrayList<>();
    candidates.add(own);
    Set<String> interfaces = new HashSet<>(own.endpoint().getInterfaces());
    for (RemoteTarget other : imports.get()) {
      if (!other.endpoint().equals(own.endpoint())
          && other.endpoint().getInterfaces().size() == interfaces.size()
          && interfaces.containsAll(other.endpoint().getInterfaces())) {
        candidates.add(other);
      }
    }
    return candidates;
  }
}
