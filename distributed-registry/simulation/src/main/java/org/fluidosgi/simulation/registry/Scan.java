package org.fluidosgi.simulation.registry;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.jspecify.annotations.Nullable;

/** A paged look for a wish while writes go on: each page is true when it is given, and what did not change between first and
 * last page is on exactly one of them. */
final class Scan {
  private final RegistryNode node;
  private final String kind;
  private final Wish wish;
  private final int size;
  private final Map<RecordId, RegistryRecord> atStart = new HashMap<>();
  private final Map<RecordId, RegistryRecord> seen = new HashMap<>();
  private boolean begun;
  private boolean mustBeWhole;

  Scan(RegistryNode node, String kind, Wish wish, int size) {
    this.node = node;
    this.size = size;
    this.kind = kind;
    this.wish = wish;
  }

  /** No page may say that members are missing. */
  void mustBeWhole() {
    mustBeWhole = true;
  }

  void next(@Nullable String cursor) {
    CompletionStage<Page> page = node.store.scan(wish.in(kind), size, cursor);
    node.stages().add("scan", page, failure -> {
      if (failure != null && node.model.alive()) {
        node.fail("scans", "a page was refused: " + failure);
      }
    });
    page.thenAccept(this::got);
  }

  private void got(Page page) {
    if (!begun) {
      begun = true;
      atStart.putAll(node.mirror.known());
    }
    if (page.records().size() > size) {
      node.fail("scans", "a page of " + page.records().size() + " records, asked for " + size);
    }
    if (mustBeWhole && page.partial()) {
      node.fail("scans", "a page calls itself partial though all is known");
    }
    for (RegistryRecord record : page.records()) {
      if (!wish.matches(kind, record)) {
        node.fail("scans", record.id() + " is on a page of a look for something else");
      }
      if (node.mirror.known(record.id()) != record || seen.put(record.id(), record) != null) {
        node.fail("scans", record.id() + " is on a page twice, or not what the node shows");
      }
    }
    String next = page.next();
    if (next != null) {
      next(next);
      return;
    }
    atStart.forEach((id, record) -> {
      if (wish.matches(kind, record) && node.mirror.known(id) == record && seen.get(id) != record) {
        node.fail("scans", id + " was there all the time and on no page");
      }
    });
  }
}
