package org.fluidosgi.shell.internal;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A list of rows that knows how to be printed: a header, the rows, those of this node marked by an asterisk, and a footer.
 * Shape: without rows only its footer is printed. Threads: immutable. */
public final class Table<R> extends AbstractList<R> implements Result {
  private final String name;
  private final List<Column<R>> columns;
  private final List<R> rows;
  private final Predicate<R> local;
  private final String footer;
  private final Map<String, Object> about;

  /** Shape: {@code name} is the field of the rows in the document, {@code about} are its other fields. */
  Table(
      String name,
      List<Column<R>> columns,
      List<R> rows,
      Predicate<R> local,
      String footer,
      Map<String, Object> about) {
    this.name = name;
    this.columns = List.copyOf(columns);
    this.rows = List.copyOf(rows);
    this.local = local;
    this.footer = Failure.printableLines(footer);
    this.about = Collections.unmodifiableMap(new LinkedHashMap<>(about));
  }

  /** No rows, one line that says why. */
  static <R> Table<R> empty(String name, String why, Map<String, Object> about) {
    return new Table<>(name, List.of(), List.of(), row -> false, why, about);
  }

  @Override
  public Map<String, Object> document() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put(name, rows);
    fields.putAll(about);
    return fields;
  }

  @Override
  public R get(int index) {
    return rows.get(index);
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public String text() {
    if (rows.isEmpty()) {
      return footer;
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Column::header).toList());
    rows.forEach(row -> lines.add(columns.stream().map(c -> c.cell(row)).toList()));
    StringBuilder text = new StringBuilder();
    for (int line = 0; line < lines.size(); line++) {
      boolean marked = line > 0 && local.test(rows.get(line - 1));
      StringBuilder shown = new StringBuilder(marked ? "* " : "  ");
      for (int column = 0; column < columns.size(); column++) {
        shown.append(column == 0 ? "" : "  ").append(padded(lines, line, column));
      }
      text.append(shown.toString().stripTrailing()).append('\n');
    }
    return text.append(footer).toString();
  }

  @Override
  public String toString() {
    return text();
  }

  private String padded(List<List<String>> lines, int line, int column) {
    int width =
        lines.stream().mapToInt(cells -> cells.get(column).length()).max().orElse(0);
    String cell = lines.get(line).get(column);
    String space = " ".repeat(width - cell.length());
    return columns.get(column).right() ? space + cell : cell + space;
  }
}
