package org.fluidosgi.shell.internal;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.fluidosgi.registry.Explanation;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Inventory;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;

/** The commands that show the records under the group.
 * Threads: any; wait for the store of this node. Errors: CommandException. */
public final class RegistryLists {
  static final String[] NAMES = {"records", "explain"};

  private static final String FILTER = "a quoted LDAP filter on the records' attributes";

  /** A row of {@code records} without a kind. */
  public record KindRow(String kind, int records) {}

  /** A row of {@code explain}; the key is null where all records of the kind were tried. */
  public record KeyRow(@Nullable String key, int records) {}

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

  private final Source source;

  RegistryLists(Source source) {
    this.source = source;
  }

  @Descriptor("counts the records that this node knows, by kind")
  public Result records(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json) {
    return show(source, json, "records", store -> {
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
    return show(source, json, "records", store -> {
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
    return show(source, json, "explain", store -> {
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

  /** What a command shows of the store. Errors: CommandException with one line. */
  static Result show(
      Source source, boolean json, String command, Function<RegistryStore, Result> shown) {
    return Document.of(json, () -> show(source, command, shown));
  }

  private static Result show(Source source, String command, Function<RegistryStore, Result> shown) {
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
