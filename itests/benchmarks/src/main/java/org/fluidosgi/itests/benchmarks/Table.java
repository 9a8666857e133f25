package org.fluidosgi.itests.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Rounds of rows made into one Markdown table: medians, and the ratio to the reference of the same round.
 * Shape: a single caller is compared by its p50 (less is better), many callers and bulk by operations per second (more is
 * better). */
final class Table {
  private final List<Map<Peer, List<Row>>> rounds = new ArrayList<>();

  void add(Map<Peer, List<Row>> round) {
    rounds.add(round);
  }

  String markdown() {
    Set<Peer> peers = new LinkedHashSet<>();
    rounds.forEach(round -> peers.addAll(round.keySet()));
    StringBuilder text = new StringBuilder("| what | unit |");
    peers.forEach(peer -> text.append(' ').append(peer.label()).append(" |"));
    text.append("\n|---|---|").append("---:|".repeat(peers.size())).append('\n');
    for (Map.Entry<String, Row> test : tests().entrySet()) {
      boolean latency = latency(test.getValue());
      line(
          text,
          peers,
          test.getKey(),
          latency ? "p50 us" : "calls/s",
          latency ? Row::p50 : Row::perSecond);
      if (!latency && test.getValue().threads() > 1) {
        line(text, peers, test.getKey(), "CPU us/call", Row::cpuMicros);
      }
    }
    long errors = rounds.stream()
        .flatMap(round -> round.values().stream().flatMap(List::stream))
        .mapToLong(Row::errors)
        .sum();
    return text.append("\nIn brackets: ratio to ")
        .append(Peer.NETTY_ECHO.label())
        .append(" in the same round, median of ")
        .append(rounds.size())
        .append(rounds.size() == 1 ? " round" : " rounds")
        .append("; failed calls: ")
        .append(errors)
        .append(".\n")
        .toString();
  }

  private static boolean latency(Row row) {
    return row.threads() == 1 && (row.test().equals("int") || row.test().equals("order"));
  }

  private Map<String, Row> tests() {
    Map<String, Row> tests = new LinkedHashMap<>();
    rounds.forEach(round ->
        round.values().forEach(rows -> rows.forEach(row -> tests.putIfAbsent(key(row), row))));
    return tests;
  }

  private static String key(Row row) {
    return row.test() + ", " + (row.threads() == 1 ? "one caller" : row.threads() + " callers");
  }

  private interface Figure {
    double of(Row row);
  }

  private void line(StringBuilder text, Set<Peer> peers, String test, String unit, Figure figure) {
    text.append("| ").append(test).append(" | ").append(unit).append(" |");
    for (Peer peer : peers) {
      List<Double> values = new ArrayList<>();
      List<Double> ratios = new ArrayList<>();
      for (Map<Peer, List<Row>> round : rounds) {
        double value = value(round, peer, test, figure);
        double reference = value(round, Peer.NETTY_ECHO, test, figure);
        if (!Double.isNaN(value)) {
          values.add(value);
          if (reference > 0) {
            ratios.add(value / reference);
          }
        }
      }
      text.append(
          values.isEmpty()
              ? " - |"
              : String.format(
                  Locale.ROOT,
                  " %,.0f%s |",
                  median(values),
                  ratios.isEmpty() ? "" : String.format(Locale.ROOT, " (%.2f)", median(ratios))));
    }
    text.append('\n');
  }

  private static double value(Map<Peer, List<Row>> round, Peer peer, String test, Figure figure) {
    return Stream.ofNullable(round.get(peer))
        .flatMap(List::stream)
        .filter(row -> key(row).equals(test))
        .mapToDouble(figure::of)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
