package org.fluidosgi.itests.benchmarks.figures;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Figures of all rounds made into one Markdown table: a line for each thing measured of each peer, its median, least and most, and
 * the median of its ratios to the reference of the same round. Every unit is such that less is better. */
public final class FigureTable {
  private record Key(String what, String unit, String peer) {}

  /** Values by round, from 0 on. */
  private final Map<Key, Map<Integer, Figure>> lines = new LinkedHashMap<>();

  public void add(int round, Figure figure) {
    lines
        .computeIfAbsent(
            new Key(figure.what(), figure.unit(), figure.peer()), key -> new LinkedHashMap<>())
        .put(round, figure);
  }

  public String markdown() {
    StringBuilder text = new StringBuilder("| what | unit | of | median | least..most | rounds |"
        + " ratio |\n|---|---|---|---:|---:|---:|---|\n");
    lines.forEach((key, rounds) -> {
      List<Double> values = rounds.values().stream().map(Figure::value).sorted().toList();
      text.append("| %s | %s | %s | %s | %s..%s | %d | %s |%n"
          .formatted(
              key.what(),
              key.unit(),
              key.peer(),
              number(median(values)),
              number(values.get(0)),
              number(values.get(values.size() - 1)),
              values.size(),
              ratio(key, rounds)));
    });
    return text.toString();
  }

  private String ratio(Key key, Map<Integer, Figure> rounds) {
    String reference = rounds.values().iterator().next().reference();
    Map<Integer, Figure> others =
        lines.getOrDefault(new Key(key.what(), key.unit(), reference), Map.of());
    List<Double> ratios = new ArrayList<>();
    rounds.forEach((round, figure) -> {
      Figure other = others.get(round);
      if (other != null && other.value() > 0) {
        ratios.add(figure.value() / other.value());
      }
    });
    return ratios.isEmpty()
        ? ""
        : String.format(Locale.ROOT, "%.2f of %s", median(ratios), reference);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%,.1f" : "%,.0f", value);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
