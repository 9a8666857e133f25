package org.fluidosgi.itests.storeprobe;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.Versioned;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Commands of scope {@code store}; plain methods, so that Gogo is not imported. Each answers with one line: {@code ok}, {@code stale} or
 * {@code conflict} with version and value, or {@code failed}, what is known of the effect, and why. */
public final class StoreCommands {
  private static final int PATIENCE_SECONDS = 60;

  private final BundleContext context;

  StoreCommands(BundleContext context) {
    this.context = context;
  }

  /** {@code get <key>}: the entry. */
  public String get(String key) throws InterruptedException {
    return answer(store -> store.read(key));
  }

  /** {@code cas <key> <version> <value>}: writes if the version is that one. */
  public String cas(String key, long version, String value) throws InterruptedException {
    return answer(
        store -> store.compareAndSet(key, version, value.getBytes(StandardCharsets.UTF_8)));
  }

  private String answer(Function<GroupStore, CompletionStage<Versioned>> question)
      throws InterruptedException {
    ServiceReference<GroupStore> reference = context.getServiceReference(GroupStore.class);
    GroupStore store = reference == null ? null : context.getService(reference);
    if (store == null) {
      return "failed none there is no group store";
    }
    try {
      Versioned found =
          question.apply(store).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return (found.stale() ? "stale " : "ok ") + text(found);
    } catch (TimeoutException e) {
      return "failed unknown no answer within " + PATIENCE_SECONDS + " s";
    } catch (ExecutionException e) {
      return failure(e.getCause());
    } finally {
      context.ungetService(reference);
    }
  }

  private static String failure(@Nullable Throwable cause) {
    if (cause instanceof ConflictException conflict) {
      return "conflict " + text(conflict.found());
    }
    boolean none =
        cause instanceof ChannelException lost && lost.effect() == ChannelException.Effect.NONE;
    return "failed " + (none ? "none " : "unknown ") + cause;
  }

  private static String text(Versioned entry) {
    byte[] value = entry.value();
    return entry.version() + " "
        + (value == null ? "0" : new String(value, StandardCharsets.UTF_8));
  }
}
