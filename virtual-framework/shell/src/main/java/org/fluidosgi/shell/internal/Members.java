package org.fluidosgi.shell.internal;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Inventory;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.View;
import org.jspecify.annotations.Nullable;

/** The commands that show who is in the group, and what this node knows of each.
 * Threads: any; wait for the store of this node. Errors: CommandException. */
public final class Members {
  static final String[] NAMES = {"view", "digest"};

  /** A row of {@code view}, in order of the members. */
  public record MemberRow(
      String node, String state, @Nullable String name, String id, boolean merged, boolean local) {}

  /** A row of {@code digest}; sequence number, count and hash are null until known, {@code reading} is null while nothing is read. */
  public record OwnerRow(
      String node,
      @Nullable Long life,
      @Nullable Integer records,
      @Nullable Long seq,
      @Nullable String hash,
      @Nullable String reading,
      boolean local) {}

  private static final List<Column<MemberRow>> MEMBERS = List.of(
      Column.left("NODE", MemberRow::node),
      Column.left("STATE", MemberRow::state),
      Column.left("NAME", MemberRow::name),
      Column.left("ID", MemberRow::id),
      Column.left("CAME", row -> row.merged() ? "by a merge" : null));

  private static final List<Column<OwnerRow>> OWNERS = List.of(
      Column.left("NODE", OwnerRow::node),
      Column.right("LIFE", OwnerRow::life),
      Column.right("RECORDS", OwnerRow::records),
      Column.right("SEQ", OwnerRow::seq),
      Column.left("HASH", OwnerRow::hash),
      Column.left("READING", OwnerRow::reading));

  private final Source source;

  Members(Source source) {
    this.source = source;
  }

  @Descriptor("lists the members of the view in force, the oldest first")
  public Result view(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json) {
    return Document.of(json, this::members);
  }

  private Result members() {
    Membership membership =
        source.membership().orElseThrow(() -> new CommandException("view: " + Source.NO_REGISTRY));
    View view = membership.view();
    Set<NodeId> silent = membership.suspected();
    Source.Names names = source.names();
    List<MemberRow> rows = view.members().stream()
        .map(id -> new MemberRow(
            names.label(id),
            silent.contains(id) ? "suspect" : "up",
            names.name(id),
            id.toString(),
            view.mergedFrom().contains(id),
            names.local(id)))
        .toList();
    long up = rows.stream().filter(row -> row.state().equals("up")).count();
    return source.table(
        "members",
        MEMBERS,
        rows,
        MemberRow::local,
        "members",
        Lists.count(rows.size(), "member") + ", " + up + " up",
        source.about(false));
  }

  @Descriptor("lists what this node knows of each member's records, as digests compare it")
  public Result digest(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json) {
    return RegistryLists.show(source, json, "digest", store -> {
      Inventory inventory = Source.answer(store.inventory());
      Source.Names names = source.names();
      List<OwnerRow> rows =
          inventory.owners().stream().map(each -> row(each, names)).toList();
      int all = inventory.owners().stream().mapToInt(Inventory.Owner::records).sum();
      Map<String, Object> about = new LinkedHashMap<>(Map.of("records", all));
      about.putAll(source.about(inventory.partial()));
      return source.table(
          "owners",
          OWNERS,
          rows,
          OwnerRow::local,
          "owners",
          Lists.count(rows.size(), "owner") + ", " + Lists.count(all, "record")
              + RegistryLists.partial(inventory.partial()),
          about);
    });
  }

  private static OwnerRow row(Inventory.Owner owner, Source.Names names) {
    boolean known = owner.known();
    return new OwnerRow(
        names.label(owner.node()),
        owner.incarnation() == null ? null : owner.incarnation().counter(),
        known ? owner.records() : null,
        known ? owner.seq() : null,
        known ? HexFormat.of().toHexDigits(owner.hash()) : null,
        reading(owner.reading()),
        names.local(owner.node()));
  }

  private static @Nullable String reading(Inventory.@Nullable Reading reading) {
    if (reading == null) {
      return null;
    }
    return reading.total() == 0 ? "asked" : reading.received() + " of " + reading.total();
  }
}
