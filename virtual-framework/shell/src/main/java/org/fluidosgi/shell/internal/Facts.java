package org.fluidosgi.shell.internal;

import java.util.AbstractList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is known of one thing: a row for each fact for people, a field for each in the document.
 * Threads: immutable. */
public final class Facts extends AbstractList<Facts.Fact> implements Result {
  private static final List<Column<Fact>> COLUMNS =
      List.of(Column.left("FACT", Fact::fact), Column.left("VALUE", Fact::value));

  /** One fact. */
  public record Fact(String fact, String value) {}

  private final Table<Fact> table;
  private final Map<String, Object> document;

  Facts(List<Fact> rows, String footer, Map<String, Object> document) {
    this.table = new Table<>("facts", COLUMNS, rows, row -> false, footer, Map.of());
    this.document = Collections.unmodifiableMap(new LinkedHashMap<>(document));
  }

  @Override
  public Fact get(int index) {
    return table.get(index);
  }

  @Override
  public int size() {
    return table.size();
  }

  @Override
  public String text() {
    return table.text();
  }

  @Override
  public Map<String, Object> document() {
    return document;
  }

  @Override
  public String toString() {
    return text();
  }
}
