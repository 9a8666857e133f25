package org.fluidosgi.shell.internal;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.rsa.connect.RemoteConnection;
import org.fluidosgi.rsa.connect.RemoteConnector;
import org.jspecify.annotations.Nullable;

/** Explicit connections to single nodes, of this group or none.
 * State: the connections by name, until they end. Threads: any. */
public final class Connections {
  static final String[] NAMES = {"connect", "connections", "connection", "disconnect"};
  private static final int WAIT_SECONDS = RemoteConnector.CONNECT_MILLIS / 1_000 + 5;

  private static final List<Column<ConnectionRow>> COLUMNS = List.of(
      Column.left("NAME", ConnectionRow::name),
      Column.left("NODE", ConnectionRow::node),
      Column.left("ADDRESS", ConnectionRow::address),
      Column.right("REFERENCES", ConnectionRow::references));

  private static final List<Column<ReferenceRow>> REFERENCES = List.of(
      Column.left("INTERFACES", ReferenceRow::shortInterfaces),
      Column.left("ENDPOINT", ReferenceRow::endpoint),
      Column.left("PROPERTIES", ReferenceRow::shortProperties));

  private final Supplier<@Nullable RemoteConnector> connector;
  private final Map<String, RemoteConnection> open = new ConcurrentSkipListMap<>();

  Connections(Supplier<@Nullable RemoteConnector> connector) {
    this.connector = connector;
  }

  @Descriptor("connects to the node at host:port and lists the services that it leases")
  public Result connect(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor("host:port") String address) {
    return Document.of(json, () -> connect(address));
  }

  private Table<ReferenceRow> connect(String address) {
    Options.refuse("connect", address);
    RemoteConnector service = connector.get();
    if (service == null) {
      throw new CommandException("connect " + address + ": the bundle rsa does not run here");
    }
    RemoteConnection connection = await(service, address);
    String name = keep(connection);
    connection.closed().thenRun(() -> open.remove(name, connection));
    return references(name, connection);
  }

  private static RemoteConnection await(RemoteConnector service, String address) {
    CompletionStage<RemoteConnection> coming;
    try {
      coming = service.connect(NodeAddress.parse(address));
    } catch (RuntimeException e) {
      throw new CommandException(Failure.line("connect", address, e));
    }
    try {
      return coming.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      coming.thenAccept(RemoteConnection::close); // nobody would
      Thread.currentThread().interrupt();
      throw new CommandException("connect " + address + ": interrupted");
    } catch (ExecutionException e) {
      throw new CommandException(
          Failure.line("connect", address, e.getCause() == null ? e : e.getCause()));
    } catch (TimeoutException e) {
      coming.thenAccept(RemoteConnection::close);
      throw new CommandException(Failure.line("connect", address, e));
    }
  }

  /** The node's name, with a number behind it for a further connection to a node of that name. */
  private String keep(RemoteConnection connection) {
    String first = connection.peer().name();
    String name = first;
    for (int number = 2; open.putIfAbsent(name, connection) != null; number++) {
      name = first + "-" + number;
    }
    return name;
  }

  @Descriptor("lists the explicit connections of this shell's node")
  public Result connections(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json) {
    return Document.of(json, this::all);
  }

  private Table<ConnectionRow> all() {
    List<ConnectionRow> rows = open.entrySet().stream()
        .map(entry -> new ConnectionRow(
            entry.getKey(),
            entry.getValue().peer().name(),
            entry.getValue().address().toString(),
            entry.getValue().references().size()))
        .toList();
    return rows.isEmpty()
        ? Table.empty("connections", "no connections", Map.of())
        : new Table<>(
            "connections",
            COLUMNS,
            rows,
            row -> false,
            Lists.count(rows.size(), "connection"),
            Map.of());
  }

  @Descriptor("lists the services that the node of a connection leases now")
  public Result connection(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor("the connection's name") String name) {
    return Document.of(json, () -> references(name, find("connection", name)));
  }

  @Descriptor("ends a connection")
  public Result disconnect(
      @Descriptor(Options.JSON_HELP)
          @Parameter(names = Options.JSON, presentValue = "true", absentValue = "false")
          boolean json,
      @Descriptor("the connection's name") String name) {
    return Document.of(json, () -> end(name));
  }

  private Result end(String name) {
    RemoteConnection connection = find("disconnect", name);
    open.remove(name, connection);
    connection.close();
    return Table.empty("connections", name + " disconnected", Map.of("disconnected", name));
  }

  private RemoteConnection find(String command, String name) {
    RemoteConnection connection = open.get(name);
    if (connection == null) {
      throw new CommandException(command + " " + Failure.printable(name)
          + ": no connection of that name; see fluid:connections");
    }
    return connection;
  }

  private static Table<ReferenceRow> references(String name, RemoteConnection connection) {
    List<ReferenceRow> rows = connection.references().stream()
        .map(ReferenceRow::of)
        .sorted(Comparator.comparing(ReferenceRow::shortInterfaces)
            .thenComparing(ReferenceRow::endpoint))
        .toList();
    String of = " of " + Failure.printable(name);
    return rows.isEmpty()
        ? Table.empty("references", "no references" + of, Map.of("connection", name))
        : new Table<>(
            "references",
            REFERENCES,
            rows,
            row -> false,
            Lists.count(rows.size(), "reference") + of,
            Map.of("connection", name));
  }
}
