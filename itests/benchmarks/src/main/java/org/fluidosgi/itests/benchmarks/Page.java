package org.fluidosgi.itests.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The sections of the page of figures: each command writes its own and leaves the others. */
public enum Page {
  CALLS("Remote calls", "./fluid bench"),
  REGISTRY("Registry", "./fluid bench registry"),
  FRAMEWORK("Virtual framework", "./fluid bench framework");

  private static final String TITLE = "# Benchmarks";
  private static final String HEADING = "## ";

  private final String heading;
  private final String command;

  Page(String heading, String command) {
    this.heading = heading;
    this.command = command;
  }

  /** Puts the report into its section of that file, which is made when there is none. */
  public void write(Path file, String report) throws IOException {
    Files.writeString(file, with(report, Files.exists(file) ? Files.readString(file) : ""));
  }

  /** The page with this section replaced. */
  String with(String report, String page) {
    Map<Page, String> sections = sections(page);
    sections.put(
        this,
        "Written by `" + command + " --write docs/benchmarks.md`; do not edit.\n\n"
            + report.strip());
    return sections.entrySet().stream()
        .map(entry -> HEADING + entry.getKey().heading + "\n\n" + entry.getValue() + "\n")
        .collect(Collectors.joining("\n", TITLE + "\n\n", ""));
  }

  private static Map<Page, String> sections(String page) {
    Map<Page, String> sections = new EnumMap<>(Page.class);
    for (String part : ("\n" + page).split("\n" + HEADING, -1)) {
      for (Page section : values()) {
        if (part.startsWith(section.heading + "\n")) {
          sections.put(section, part.substring(section.heading.length()).strip());
        }
      }
    }
    return sections;
  }
}
