package org.fluidosgi.shell.internal;

import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What was done with each item of a batch, in the order given.
 * Threads: immutable. */
public final class Reports extends AbstractList<Reports.Report> implements Result {
  private final List<Report> reports;

  private Reports(List<Report> reports) {
    this.reports = List.copyOf(reports);
  }

  /** The reports, when all items came off well.
   * Errors: CommandException with the line of each item, done or not. */
  static Reports allDone(List<Report> reports) {
    Reports all = new Reports(reports);
    if (reports.stream().allMatch(Report::done)) {
      return all;
    }
    String lines = all.lines("; ");
    throw new CommandException(
        reports.size() < 2 ? lines : all.count() + ": " + lines, all.document());
  }

  @Override
  public Report get(int index) {
    return reports.get(index);
  }

  @Override
  public int size() {
    return reports.size();
  }

  @Override
  public String text() {
    return reports.size() < 2 ? lines("\n") : lines("\n") + "\n" + count();
  }

  @Override
  public Map<String, Object> document() {
    return Map.of("bundles", reports);
  }

  private String lines(String between) {
    return reports.stream()
        .map(Report::text)
        .map(Failure::printableLines)
        .collect(Collectors.joining(between));
  }

  private String count() {
    long failed = reports.stream().filter(report -> !report.done()).count();
    return reports.size() + " bundles, " + failed + " failed";
  }

  @Override
  public String toString() {
    return text();
  }

  /** One item: what was asked for, whether it was done, to which bundle - null where there is none - and one line for people. */
  public record Report(String item, boolean done, @Nullable String id, String text) {}
}
