package org.fluidosgi.shell.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.PageRequest;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;

/** All pages of a scan that came in time, and what a footer says of the rest: empty when there is none. */
record Scanned(List<RegistryRecord> records, String missing) {
  /** Longest time for all pages. */
  static final Duration TIME_MAX = Duration.ofSeconds(10);

  /** Asks for page after page. Errors: those of {@link Source#answer}. */
  static Scanned all(RegistryStore store, Interest interest, LongSupplier nanoTime) {
    long begin = nanoTime.getAsLong();
    List<RegistryRecord> records = new ArrayList<>();
    boolean partial = false;
    PageRequest request = PageRequest.first(PageRequest.SIZE_MAX);
    Page page;
    do {
      page = Source.answer(store.scan(interest, request));
      records.addAll(page.records());
      partial |= page.partial();
      request = request.behind(page);
    } while (page.next() != null && nanoTime.getAsLong() - begin < TIME_MAX.toNanos());
    return new Scanned(
        records,
        page.next() == null
            ? RegistryLists.partial(partial)
            : ", partial: not all records were tried within " + TIME_MAX.toSeconds() + " s");
  }
}
