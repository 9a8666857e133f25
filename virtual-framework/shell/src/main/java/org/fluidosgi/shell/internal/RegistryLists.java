package org.fluidosgi.shell.internal;

import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Explanation;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Inventory;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.View;
import org.jspecify.annotations.Nullable;

/** The commands that show what is under the group: its view, and the records of its registry.
 * Threads: any; wait for the store of this node. Errors: CommandException. */
public final class RegistryLists {
  static final String[] NAMES = {"records", "explain", "view", "digest"};

  private static final String FILTER = "a quoted LDAP filter on the records' attributes";

  /** A row of {@code records} without a kind. */
  public record KindRow(String kind, int records) {}

  /** A row of {@code explain}; the key is null where all records of the kind were tried. */
  public record KeyRow(@Nullable String key, int records) {}

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

  private static final List<Column<KindRow>> KINDS =
      List.of(Column.left("KIND", KindRow::kind), Column.right("RECORDS", KindRow::records));

  private static final List<Column<RecordRow>> RECORDS = List.of(
      Column.left("NODE", RecordRow::node),
      Column.left("NAME", RecordRow::name),
      Column.right("SEQ", RecordRow::seq),
      Column.right("TERM", RecordRow::term),
      Column.left("SCOPE", RecordRow::scope),
      Column.right("KEYS", RecordRow::keys),
      Column.right("TTL s", RecordRow::ttlSeconds),
      Column.right("LEFT s", RecordRow::leftSeconds));

  private static final List<Column<KeyRow>> KEYS =
      List.of(Column.left("KEY", KeyRow::key), Column.right("RECORDS", KeyRow::records));

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

  RegistryLists(Source source) {
    this.source = source;
  }

  @Descriptor("counts the records that this node knows, by kind")
  public Result records(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json) {
    return show(json, "records", store -> {
      Inventory inventory = Source.answer(store.inventory());
      List<KindRow> rows = inventory.kinds().entrySet().stream()
          .map(each -> new KindRow(each.getKey(), each.getValue()))
          .toList();
      int all = rows.stream().mapToInt(KindRow::records).sum();
      return source.table(
          "kinds",
          KINDS,
          rows,
          row -> false,
          "records" + partial(inventory.partial()),
          Lists.count(all, "record") + partial(inventory.partial()),
          about(inventory.partial(), Map.of("records", all)));
    });
  }

  @Descriptor("lists the records of a kind")
  public Result records(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor("the kind: node, bundle, endpoint, or one that records shows") String kind) {
    return show(json, "records", store -> {
      Options.refuse("records", kind);
      Page page =
          Source.answer(store.scan(Interest.inKind(kind), RegistryStore.PAGE_RECORDS_MAX, null));
      Map<String, Duration> left = Source.answer(store.leases(kind));
      Source.Names names = source.names();
      List<RecordRow> rows =
          page.records().stream().map(each -> RecordRow.of(each, names, left)).toList();
      return source.table(
          "records",
          RECORDS,
          rows,
          RecordRow::local,
          "records of kind " + kind + partial(page.partial()),
          (page.next() == null ? "" : "the first ")
              + Lists.count(rows.size(), "record")
              + partial(page.partial()),
          about(page.partial(), Map.of("kind", kind, "more", page.next() != null)));
    });
  }

  @Descriptor("says how a query for services is answered: by which keys, among how many candidates")
  public Result explain(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor(FILTER) String filter) {
    return explain(json, "endpoint", filter);
  }

  @Descriptor("says how a query is answered: by which keys, among how many candidates")
  public Result explain(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor("the kind: node, bundle, endpoint, or one that records shows") String kind,
      @Descriptor(FILTER) String filter) {
    return show(json, "explain", store -> {
      Options.refuse("explain", kind, filter);
      Explanation told = Source.answer(store.explain(Interest.matching(kind, filter)));
      List<KeyRow> rows = told.keys().isEmpty()
          ? List.of(new KeyRow(null, told.candidates()))
          : told.keys().stream()
              .map(each -> new KeyRow(each.key(), each.records()))
              .toList();
      Source.Names names = source.names();
      String where = told.where().stream().map(names::label).collect(Collectors.joining(", "));
      String counted = Lists.count(told.candidates(), "candidate") + " of kind " + kind + ", "
          + (told.keys().isEmpty() ? "no key, " : "") + told.matches() + " match, asked on "
          + where;
      Map<String, Object> own = new LinkedHashMap<>();
      own.put("kind", kind);
      own.put("filter", filter);
      own.put("candidates", told.candidates());
      own.put("matches", told.matches());
      own.put("askedOn", told.where().stream().map(names::label).toList());
      return source.table(
          "keys",
          KEYS,
          rows,
          row -> false,
          "keys",
          counted + partial(told.partial()),
          about(told.partial(), own));
    });
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
    return show(json, "digest", store -> {
      Inventory inventory = Source.answer(store.inventory());
      Source.Names names = source.names();
      List<OwnerRow> rows =
          inventory.owners().stream().map(each -> row(each, names)).toList();
      int all = inventory.owners().stream().mapToInt(Inventory.Owner::records).sum();
      return source.table(
          "owners",
          OWNERS,
          rows,
          OwnerRow::local,
          "owners",
          Lists.count(rows.size(), "owner") + ", " + Lists.count(all, "record")
              + partial(inventory.partial()),
          about(inventory.partial(), Map.of("records", all)));
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

  private Result show(boolean json, String command, Function<RegistryStore, Result> shown) {
    return Document.of(json, () -> show(command, shown));
  }

  private Result show(String command, Function<RegistryStore, Result> shown) {
    RegistryStore store =
        source.store().orElseThrow(() -> new CommandException(command + ": " + Source.NO_REGISTRY));
    try {
      return shown.apply(store);
    } catch (CommandException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CommandException(Failure.line(command, "", e));
    }
  }

  /** The fields that a document ends with, behind some of its own. */
  private Map<String, Object> about(boolean partial, Map<String, ?> own) {
    Map<String, Object> fields = new LinkedHashMap<>(own);
    fields.putAll(source.about(partial));
    return fields;
  }

  /** What a footer says of an answer that lacks members' records. */
  static String partial(boolean partial) {
    return partial ? ", partial: not all members' records are known yet" : "";
  }
}
