package org.fluidosgi.itests.benchmarks.framework;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fluidosgi.itests.benchmarks.figures.Figure;
import org.junit.jupiter.api.Test;

class FrameworkReportTest {
  private static final String LOOK_UP = "`getServiceReference(Class)`, 1 service";

  private static List<Figure> round(double host, double virtual) {
    return List.of(
        new Figure("the same object, 1 service", "", "felix", 1, ""),
        new Figure(LOOK_UP, "us", "felix", host, ""),
        new Figure(LOOK_UP, "us", "felix virtual", virtual, "felix"));
  }

  @Test
  void aRatioIsTakenInItsRoundAndHeldByTheMedian() {
    String report = FrameworkReport.of(
        "Machine", 1, List.of(round(1, 1.5), round(2, 2), round(4, 20)), List.of());
    assertTrue(
        report.contains(
            "| " + LOOK_UP + " | felix | 2.000 | 2.000 | 1.50 (1.00..5.00) | 2.0 | yes |\n"),
        report);
    assertTrue(
        report.contains("- the same object, 1 service, both contexts: yes (1 of them, felix)\n"),
        report);
  }

  @Test
  void aRatioAboveWhatIsStatedIsNotHeld() {
    String report = FrameworkReport.of("Machine", 1, List.of(round(1, 2.1)), List.of());
    assertTrue(report.contains("| 2.10 | 2.0 | no |\n"), report);
  }

  @Test
  void figuresOfTheGroupStandBesideWhatIsStated() {
    List<Figure> figures = List.of(
        new Figure("restart a node: all of it", "s", "group", 1, ""),
        new Figure("restart a node: all of it", "s", "group", 3, ""),
        new Figure("restart a node: all of it", "s", "group", 70, ""),
        new Figure("heap per known bundle", "bytes", "group", 9000, ""),
        new Figure("nothing is stated", "s", "group", 9, ""));
    String report = FrameworkReport.of("Machine", 1, List.of(), figures);
    assertTrue(
        report.contains("| restart a node: all of it | s | 3.00 (1.00..70.00) | 10.0 | yes |\n"),
        report);
    assertTrue(report.contains("| heap per known bundle | bytes | 9,000 | 6,144 | no |\n"), report);
    assertTrue(report.contains("| nothing is stated | s | 9.00 |  |  |\n"), report);
  }
}
