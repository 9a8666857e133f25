package org.fluidosgi.shell.internal;

/** What a command gives: rows, and the same as text for people. */
public sealed interface Result permits Table, Reports {
  /** The text, lines parted by line feeds, none at the end. */
  String text();
}
