package org.fluidosgi.shell.internal;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;

/** Where commands take what they show. Threads: any. */
public final class Source {
  /** What a command says where there is no group. */
  public static final String NO_FRAMEWORK =
      "no virtual framework on this node, start bundle org.fluidosgi.framework";

  /** What a command says where there are no records. */
  public static final String NO_REGISTRY =
      "no registry on this node, start bundle org.fluidosgi.registry";

  /** Longest wait for a store's answer. */
  public static final int ANSWER_SECONDS_MAX = 10;

  private static final int SHORT_ID_CHARS = 8;

  private final Supplier<@Nullable VirtualFramework> framework;
  private final Supplier<@Nullable RegistryStore> store;
  private final Supplier<@Nullable Membership> membership;
  private final ViewClock clock;

  Source(
      Supplier<@Nullable VirtualFramework> framework,
      Supplier<@Nullable RegistryStore> store,
      Supplier<@Nullable Membership> membership,
      ViewClock clock) {
    this.framework = framework;
    this.store = store;
    this.membership = membership;
    this.clock = clock;
  }

  /** The group, empty while there is none. */
  public Optional<VirtualFramework> framework() {
    return Optional.ofNullable(framework.get());
  }

  /** Its records. */
  public Optional<RegistryStore> store() {
    return Optional.ofNullable(store.get());
  }

  /** Its members. */
  public Optional<Membership> membership() {
    return Optional.ofNullable(membership.get());
  }

  /** The view in force and its age, as a footer's end. */
  String view() {
    return clock.toString();
  }

  /** Fields that each document ends with: whether rows may be missing, and the view in force. */
  Map<String, Object> about(boolean partial) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("partial", partial);
    fields.put("view", clock.epoch());
    fields.put("viewAgeSeconds", clock.seconds());
    return fields;
  }

  /** A table that ends with the view, or one line that there are none. */
  <R> Table<R> table(
      String name,
      List<Column<R>> columns,
      List<R> rows,
      Predicate<R> local,
      String plural,
      String counted,
      Map<String, Object> about) {
    return rows.isEmpty()
        ? Table.empty(name, "no " + plural, about)
        : new Table<>(name, columns, rows, local, counted + ", " + view(), about);
  }

  /** Waits for a store's answer. Errors: what the answer failed with, IllegalStateException when none came in time. */
  public static <T> T answer(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the registry did not answer within " + ANSWER_SECONDS_MAX + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** How nodes are named at this moment. */
  Names names() {
    Map<NodeId, VirtualNode> nodes = new HashMap<>();
    framework()
        .ifPresent(group -> group.nodes().forEach(node -> nodes.put(node.info().id(), node)));
    return new Names(nodes);
  }

  /** Nodes by id; one that has no virtual framework goes by the beginning of its id. */
  record Names(Map<NodeId, VirtualNode> nodes) {
    String label(NodeId id) {
      VirtualNode node = nodes.get(id);
      return node == null ? id.toString().substring(0, SHORT_ID_CHARS) : NodeRow.label(node);
    }

    @Nullable
    String name(NodeId id) {
      VirtualNode node = nodes.get(id);
      return node == null ? null : node.name();
    }

    boolean local(NodeId id) {
      VirtualNode node = nodes.get(id);
      return node != null && node.local();
    }
  }
}
