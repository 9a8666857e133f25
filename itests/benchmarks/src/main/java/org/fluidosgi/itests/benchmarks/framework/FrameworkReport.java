package org.fluidosgi.itests.benchmarks.framework;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fluidosgi.itests.benchmarks.figures.Figure;

/** The section of the page: what was measured beside what is stated for it. */
final class FrameworkReport {
  private static final String IDENTITY = "the same object";

  private FrameworkReport() {}

  static String of(String machine, double scale, List<List<Figure>> contexts, List<Figure> group) {
    StringBuilder text = new StringBuilder(machine);
    text.append(String.format(Locale.ROOT, "; scale of the number of operations %.2f.", scale))
        .append(
            " Less is better in every line. `stated`: what we promise; `held`: whether the median keeps it.\n");
    if (!contexts.isEmpty()) {
      contexts(text, contexts);
    }
    if (!group.isEmpty()) {
      group(text, group);
    }
    return text.toString();
  }

  private static void contexts(StringBuilder text, List<List<Figure>> rounds) {
    text.append("\n### Two contexts of one bundle\n\n")
        .append(
            "The virtual context that a virtual bundle's activator was given, and the host's own context of the same bundle, asked")
        .append(" in turn in one process, block by block; ")
        .append(rounds.size())
        .append(
            " round(s), each in a fresh process for each host. The services belong to an ordinary host bundle, each hundredth")
        .append(
            " comes from a service factory; a fifth of them is in Europe. The times are medians of the rounds, the ratio is that")
        .append(" of the same round: median (least..most).\n\n");
    rounds.get(0).stream()
        .filter(figure -> figure.what().startsWith(IDENTITY))
        .forEach(figure -> text.append(String.format(
            Locale.ROOT,
            "- %s, both contexts: yes (%,.0f of them, %s)%n",
            figure.what(),
            figure.value(),
            figure.peer())));
    text.append("\n| look-up | in | host us | virtual us | ratio | stated | held |\n")
        .append("|---|---|---:|---:|---:|---:|---|\n");
    rounds.get(0).stream()
        .filter(figure -> !figure.reference().isEmpty())
        .forEach(figure -> compared(text, figure, rounds));
  }

  private static void compared(StringBuilder text, Figure virtual, List<List<Figure>> rounds) {
    List<Double> hosts = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (List<Figure> round : rounds) {
      double host = value(round, virtual.what(), virtual.reference());
      double our = value(round, virtual.what(), virtual.peer());
      hosts.add(host);
      ours.add(our);
      ratios.add(our / host);
    }
    double micros = Stated.micros(virtual.what());
    boolean absolute = !Double.isNaN(micros);
    double stated = absolute ? micros : Stated.ratio(virtual.what());
    double measured = median(absolute ? ours : ratios);
    text.append(String.format(
        Locale.ROOT,
        "| %s | %s | %.3f | %.3f | %s | %.1f%s | %s |%n",
        virtual.what(),
        virtual.reference(),
        median(hosts),
        median(ours),
        range(ratios, "%.2f"),
        stated,
        absolute ? " us" : "",
        measured <= stated ? "yes" : "no"));
  }

  private static double value(List<Figure> round, String what, String peer) {
    return round.stream()
        .filter(figure -> figure.what().equals(what) && figure.peer().equals(peer))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a round without " + what + " of " + peer))
        .value();
  }

  private static void group(StringBuilder text, List<Figure> figures) {
    text.append(String.format(
        Locale.ROOT,
        "%n### %,d virtual bundles on %d nodes%n%nAll nodes in one JVM of 3 GB, Felix and Equinox in turn, each with all bundles of the"
            + " product and classes of its own, joined by JGroups over loopback; each bundle has content of its own, and each node one"
            + " more, whose virtual context is asked. Where there are several values: median (least..most).%n%n"
            + "| what | unit | measured | stated | held |%n|---|---|---:|---:|---|%n",
        GroupRun.BUNDLES,
        GroupRun.NODES));
    Map<String, List<Figure>> lines = new LinkedHashMap<>();
    figures.forEach(figure -> lines
        .computeIfAbsent(figure.what() + "|" + figure.unit(), key -> new ArrayList<>())
        .add(figure));
    lines.values().forEach(same -> {
      Figure first = same.get(0);
      List<Double> values = same.stream().map(Figure::value).toList();
      double stated = Stated.most(first.what(), first.unit());
      text.append(String.format(
          Locale.ROOT,
          "| %s | %s | %s | %s | %s |%n",
          first.what(),
          first.unit(),
          range(values, format(median(values))),
          Double.isNaN(stated) ? "" : String.format(Locale.ROOT, format(stated), stated),
          Double.isNaN(stated) ? "" : median(values) <= stated ? "yes" : "no"));
    });
  }

  private static String format(double value) {
    return value < 10 ? "%,.2f" : value < 100 ? "%,.1f" : "%,.0f";
  }

  private static String range(List<Double> values, String format) {
    String median = String.format(Locale.ROOT, format, median(values));
    if (values.size() == 1) {
      return median;
    }
    List<Double> sorted = values.stream().sorted().toList();
    return median
        + String.format(
            Locale.ROOT,
            " (" + format + ".." + format + ")",
            sorted.get(0),
            sorted.get(sorted.size() - 1));
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
