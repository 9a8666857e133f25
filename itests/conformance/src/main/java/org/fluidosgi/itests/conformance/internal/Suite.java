package org.fluidosgi.itests.conformance.internal;

import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.BundleContext;

/** All rows, in an order in which the later ones do not depend on what the earlier ones left. Threads: one. */
final class Suite {
  private final List<Row> rows = new ArrayList<>();

  Suite(BundleContext context, String location) {
    Subject subject = new Subject(context, location);
    new ContextRows(subject).addTo(rows);
    new ServiceRows(subject).addTo(rows);
    new BundleRows(subject).addTo(rows);
    new MadeRows(subject).addTo(rows);
    new LifeRows(subject).addTo(rows); // the last one uninstalls the counterpart
  }

  List<String> run() {
    List<String> lines = new ArrayList<>();
    for (Row row : rows) {
      String result = "ok";
      try {
        row.check().run();
      } catch (Exception | AssertionError | LinkageError e) {
        String why = e instanceof AssertionError ? e.getMessage() : e.toString();
        result = "differs: " + String.valueOf(why).replaceAll("\\s+", " ");
      }
      lines.add(row.name() + " | " + result);
    }
    return lines;
  }
}
