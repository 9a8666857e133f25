package org.fluidosgi.shell.internal;

import java.util.function.Function;

/** A column of a table: its header, with the unit, and what it shows of a row.
 * Shape: numbers stand right; null and the empty text are shown as a hyphen. */
record Column<R>(String header, boolean right, Function<R, ?> value) {
  static <R> Column<R> left(String header, Function<R, ?> value) {
    return new Column<>(header, false, value);
  }

  static <R> Column<R> right(String header, Function<R, ?> value) {
    return new Column<>(header, true, value);
  }

  String cell(R row) {
    Object shown = value.apply(row);
    String text = shown == null ? "" : Failure.printable(shown.toString());
    return text.isEmpty() ? "-" : text;
  }
}
