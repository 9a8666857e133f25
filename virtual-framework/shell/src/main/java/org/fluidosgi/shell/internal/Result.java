package org.fluidosgi.shell.internal;

import java.util.Map;

/** What a command gives: rows, the same as text for people, and as a document for programs. */
public sealed interface Result permits Table, Facts, Reports, Document {
  /** The text, lines parted by line feeds, none at the end. */
  String text();

  /** The fields of the JSON document, see docs/commands.md: their names are promised. */
  Map<String, Object> document();
}
