package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.internal.core.KeyedTasks;
import org.fluidosgi.framework.internal.core.Message;
import org.fluidosgi.framework.internal.core.NodeIds;
import org.fluidosgi.framework.internal.core.Op;
import org.fluidosgi.framework.internal.core.OrdinalTable;
import org.fluidosgi.framework.internal.core.OrdinalTable.Given;
import org.fluidosgi.framework.internal.core.OrdinalTable.NotDecidedException;

/** Gets this node's ordinal over the network, and gives its bundles the ids that follow from it.
 * Threads: asks from any; numbers change one after another, among the operations of key {@code ids}. */
final class Renumbering {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private final NodeInfo node;
  private final OpClient client;
  private final KeyedTasks tasks;
  private final NodeIds ids;
  private final OrdinalTable ordinals;
  private final GroupTables tables;
  private final LocalBundles bundles;
  private final Publisher publisher;
  private final IntConsumer onOrdinal;

  /** {@code onOrdinal} hears of another ordinal. */
  Renumbering(
      NodeInfo node,
      OpClient client,
      KeyedTasks tasks,
      NodeIds ids,
      OrdinalTable ordinals,
      GroupTables tables,
      LocalBundles bundles,
      Publisher publisher,
      IntConsumer onOrdinal) {
    this.node = node;
    this.client = client;
    this.tasks = tasks;
    this.ids = ids;
    this.ordinals = ordinals;
    this.tables = tables;
    this.bundles = bundles;
    this.publisher = publisher;
    this.onOrdinal = onOrdinal;
  }

  /** As {@link org.fluidosgi.framework.internal.core.Numbering.Asker}. */
  CompletionStage<Given> ask(NodeId member, NodeId self, UUID lastGroup, int lastOrdinal) {
    return client
        .ask(member, Op.ORDINAL, Map.of("group", lastGroup.toString(), "ordinal", lastOrdinal))
        .thenApply(answer -> {
          if (answer.containsKey("undecided")) {
            throw new NotDecidedException(Message.value(answer, "undecided", String.class));
          }
          return new Given(
              UUID.fromString(Message.value(answer, "group", String.class)),
              Message.value(answer, "ordinal", Integer.class));
        });
  }

  /** A member of the group has given it. */
  void given(Given given) {
    tasks
        .run("ids", () -> {
          renumber(given);
          return true;
        })
        .exceptionally(failure -> {
          LOG.log(Level.ERROR, "{0}: the new ordinal cannot be kept: {1}", node.name(), failure);
          return false;
        });
  }

  private void renumber(Given given) throws IOException {
    NodeIds.Numbers before = ids.numbers();
    if (!ids.renumber(given.group(), given.ordinal())) {
      return;
    }
    ordinals.useGroup(given.group());
    ordinals.learn(given.group(), node.id(), given.ordinal());
    tables.regrouped();
    boolean renumbered = bundles.count() > 0 && before.ordinal() != given.ordinal();
    LOG.log(
        Level.INFO,
        "{0}: joined group {1} as n{2}{3}",
        node.name(),
        given.group(),
        given.ordinal(),
        renumbered
            ? ", was n" + before.ordinal() + ": its " + bundles.count() + " virtual bundles n"
                + before.ordinal() + ":* are n" + given.ordinal() + ":* now"
            : "");
    if (before.ordinal() != given.ordinal()) {
      for (LocalBundle bundle : bundles.all()) {
        publisher.gone(new VirtualId(before.ordinal(), bundle.counter()));
        publisher.changed(bundle);
      }
      onOrdinal.accept(given.ordinal());
    }
    publisher.nodeChanged();
  }
}
