package org.fluidosgi.shell.internal;

import java.util.AbstractList;
import java.util.List;
import java.util.stream.Collectors;

/** How each item of a batch came off, in the order given.
 * Threads: immutable. */
public final class Reports extends AbstractList<Reports.Report> implements Result {
  private final List<Report> reports;

  Reports(List<Report> reports) {
    this.reports = List.copyOf(reports);
  }

  @Override
  public Report get(int index) {
    return reports.get(index);
  }

  @Override
  public int size() {
    return reports.size();
  }

  /** Whether every item came off well. */
  public boolean isDone() {
    return reports.stream().allMatch(Report::done);
  }

  @Override
  public String text() {
    String lines = reports.stream().map(Report::text).collect(Collectors.joining("\n"));
    long failed = reports.stream().filter(report -> !report.done()).count();
    return reports.size() < 2
        ? lines
        : lines + "\n" + reports.size() + " bundles, " + failed + " failed";
  }

  @Override
  public String toString() {
    return text();
  }

  /** One item: what was asked for, whether it was done, and one line for people. */
  public record Report(String item, boolean done, String text) {}
}
