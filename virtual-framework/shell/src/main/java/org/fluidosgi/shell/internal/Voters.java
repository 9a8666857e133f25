package org.fluidosgi.shell.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.groupstore.GroupVoters;
import org.jspecify.annotations.Nullable;

/** Who decides in the group store. */
public final class Voters {
  static final String[] NAMES = {"voters", "takeover"};
  private static final int WAIT_SECONDS = 10;

  private static final List<Column<VoterRow>> COLUMNS = List.of(
      Column.left("NODE", VoterRow::node),
      Column.left("ROLE", VoterRow::role),
      Column.left("STATE", VoterRow::state),
      Column.left("NAME", VoterRow::name));

  private final Supplier<@Nullable GroupVoters> store;
  private final Source source;

  Voters(Supplier<@Nullable GroupVoters> store, Source source) {
    this.store = store;
    this.source = source;
  }

  @Descriptor("lists the nodes that decide in the group store")
  public Result voters(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json) {
    return Document.of(json, () -> ask("voters", GroupVoters::voters));
  }

  @Descriptor(
      "begins a new group store from this node's copy, when the voters that are away never come back")
  public Result takeover(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json) {
    return Document.of(json, () -> ask("takeover", GroupVoters::goOnAlone));
  }

  private Table<VoterRow> ask(
      String command, Function<GroupVoters, CompletionStage<GroupVoters.Voters>> question) {
    GroupVoters asked = store.get();
    if (asked == null) {
      return Table.empty(
          "voters",
          "no voters: each node keeps its own entries, fluid.group.store=agreed"
              + " makes them the group's",
          about(null));
    }
    GroupVoters.Voters found;
    try {
      found = question.apply(asked).toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException(command + ": interrupted");
    } catch (ExecutionException e) {
      throw new CommandException(
          Failure.line(command, "", e.getCause() == null ? e : e.getCause()));
    } catch (TimeoutException | RuntimeException e) {
      throw new CommandException(Failure.line(command, "", e));
    }
    Map<NodeId, VirtualNode> known = source.framework().stream()
        .map(VirtualFramework::nodes)
        .flatMap(List::stream)
        .collect(Collectors.toMap(node -> node.info().id(), Function.identity(), (a, b) -> a));
    List<VoterRow> rows =
        found.nodes().stream().map(node -> row(node, known, found.leader())).toList();
    long up = rows.stream().filter(row -> row.state().equals("up")).count();
    return rows.isEmpty()
        ? Table.empty("voters", "no voters: this node has not found its group yet", about(null))
        : new Table<>(
            "voters",
            COLUMNS,
            rows,
            VoterRow::local,
            Lists.count(rows.size(), "voter") + ", " + up + " up, " + (rows.size() / 2 + 1)
                + " needed, " + source.view(),
            about(rows.size() / 2 + 1));
  }

  private Map<String, Object> about(@Nullable Integer needed) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("needed", needed);
    fields.putAll(source.about(false));
    return fields;
  }

  private static VoterRow row(NodeId id, Map<NodeId, VirtualNode> known, Optional<NodeId> leader) {
    VirtualNode node = known.get(id);
    String role = leader.filter(id::equals).isPresent() ? "leader" : "voter";
    return node == null
        ? new VoterRow(id.toString().substring(0, 8), role, "away", "", false)
        : new VoterRow(
            NodeRow.label(node), role, NodeRow.of(node).state(), node.name(), node.local());
  }
}
