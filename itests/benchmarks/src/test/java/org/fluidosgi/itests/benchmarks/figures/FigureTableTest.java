package org.fluidosgi.itests.benchmarks.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FigureTableTest {
  private static final String HEAD =
      "| what | unit | of | median | least..most | rounds | ratio |\n"
          + "|---|---|---|---:|---:|---:|---|\n";

  @Test
  void ratiosAreTakenRoundByRound() {
    FigureTable table = new FigureTable();
    double[] host = {10, 20, 40};
    double[] ours = {30, 20, 20};
    for (int round = 0; round < 3; round++) {
      table.add(round, new Figure("look-up", "us", "host", host[round], "host"));
      table.add(round, new Figure("look-up", "us", "ours", ours[round], "host"));
    }
    assertEquals(
        HEAD + "| look-up | us | host | 20.0 | 10.0..40.0 | 3 | 1.00 of host |\n"
            + "| look-up | us | ours | 20.0 | 20.0..30.0 | 3 | 1.00 of host |\n",
        table.markdown());
  }

  @Test
  void aMissingReferenceLeavesTheRatioOut() {
    FigureTable table = new FigureTable();
    table.add(0, new Figure("heap", "bytes", "ours", 1000.4, ""));
    table.add(1, new Figure("heap", "bytes", "ours", 2000.4, ""));
    assertEquals(
        HEAD + "| heap | bytes | ours | 1,500 | 1,000..2,000 | 2 |  |\n", table.markdown());
  }

  @Test
  void aFigureSurvivesItsLine() {
    Figure figure = new Figure("look-up, 10,000", "p50 us", "ours", 3.25, "felix");
    assertTrue(Figure.is(figure.line()));
    assertEquals(figure, Figure.parse(figure.line()));
    assertFalse(Figure.is(ChildProcess.DONE));
  }
}
