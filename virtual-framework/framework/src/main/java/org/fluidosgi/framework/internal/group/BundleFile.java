package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.UUID;
import org.fluidosgi.framework.internal.core.AtomicFile;
import org.fluidosgi.framework.internal.core.Change;
import org.fluidosgi.framework.internal.core.ContentStore;
import org.fluidosgi.framework.internal.core.Verdicts.Question;
import org.fluidosgi.framework.internal.group.LocalBundle.Saved;
import org.jspecify.annotations.Nullable;

/** The list of this node's virtual bundles on file, with what is being changed, replaced as a whole.
 * Shape: Java properties {@code <counter>.<field>}, and {@code clean} when the virtual framework ended while its host went on. Threads: one at a
 * time. */
final class BundleFile {
  /** Host id of a bundle that the host does not have, or not yet. */
  static final long NO_HOST = -1;

  private static final String CLEAN = "clean";
  private final Path file;

  /** One bundle. Shape: {@code modified} is the host's time of its last change, 0 when that is not known; {@code uninstalled} = the
   * host was told to remove it, which it may forget when its process ends; {@code change} is what was not over. */
  record Entry(
      long counter,
      long hostId,
      Saved saved,
      long modified,
      boolean uninstalled,
      @Nullable Change change) {}

  /** All of it. Shape: {@code clean} = the host was asked for all that is missing from it by somebody else. */
  record Listing(List<Entry> entries, boolean clean) {}

  BundleFile(Path file) {
    this.file = file;
  }

  /** What is on file; nothing when there is none. Errors: IOException naming the file and the damaged entry. */
  Listing read() throws IOException {
    if (!Files.exists(file)) {
      return new Listing(List.of(), false);
    }
    Properties all = new Properties();
    List<Entry> entries = new ArrayList<>();
    try {
      all.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
      boolean clean = all.remove(CLEAN) != null;
      TreeSet<Long> counters = new TreeSet<>();
      for (String key : all.stringPropertyNames()) {
        counters.add(Long.parseLong(key.substring(0, key.indexOf('.'))));
      }
      for (long counter : counters) {
        entries.add(entry(all, counter));
      }
      return new Listing(entries, clean);
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      throw new IOException(
          file + " is damaged (" + e.getMessage() + "): restore it, or remove it to forget the"
              + " node's virtual bundles",
          e);
    }
  }

  private static Entry entry(Properties all, long counter) {
    String at = counter + ".";
    String location = field(all, at + "location");
    return new Entry(
        counter,
        Long.parseLong(field(all, at + "host")),
        new Saved(
            location,
            hash(all, at + "sha256"),
            Long.parseLong(field(all, at + "size")),
            Boolean.parseBoolean(field(all, at + "autostart")),
            Boolean.parseBoolean(field(all, at + "lazily"))),
        Long.parseLong(all.getProperty(at + "modified", "0")),
        Boolean.parseBoolean(all.getProperty(at + "uninstalled")),
        change(all, at + "change.", counter, location));
  }

  private static @Nullable Change change(Properties all, String at, long counter, String location) {
    if (all.getProperty(at + "kind") == null) {
      return null;
    }
    return new Change(
        UUID.fromString(field(all, at + "id")),
        Change.Kind.valueOf(field(all, at + "kind")),
        question(all, at),
        counter,
        location,
        hash(all, at + "sha256"),
        Long.parseLong(field(all, at + "size")));
  }

  private static @Nullable Question question(Properties all, String at) {
    return all.getProperty(at + "asked") == null
        ? null
        : new Question(
            UUID.fromString(field(all, at + "id")),
            UUID.fromString(field(all, at + "group")),
            Long.parseLong(field(all, at + "asked")));
  }

  private static String hash(Properties all, String key) {
    String sha256 = field(all, key);
    if (!ContentStore.isHash(sha256)) {
      throw new IllegalArgumentException(key + "=" + sha256);
    }
    return sha256;
  }

  private static String field(Properties all, String key) {
    String value = all.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return value;
  }

  /** Puts the list on disk. */
  void write(Listing listing) throws IOException {
    Properties all = new Properties();
    for (Entry entry : listing.entries()) {
      Saved saved = entry.saved();
      String at = entry.counter() + ".";
      all.setProperty(at + "host", Long.toString(entry.hostId()));
      all.setProperty(at + "location", saved.location());
      all.setProperty(at + "sha256", saved.sha256());
      all.setProperty(at + "size", Long.toString(saved.size()));
      all.setProperty(at + "autostart", Boolean.toString(saved.autostart()));
      all.setProperty(at + "lazily", Boolean.toString(saved.lazily()));
      all.setProperty(at + "modified", Long.toString(entry.modified()));
      all.setProperty(at + "uninstalled", Boolean.toString(entry.uninstalled()));
      Change change = entry.change();
      if (change != null) {
        all.setProperty(at + "change.id", change.id().toString());
        all.setProperty(at + "change.kind", change.kind().name());
        Question question = change.question();
        if (question != null) {
          all.setProperty(at + "change.group", question.group().toString());
          all.setProperty(at + "change.asked", Long.toString(question.version()));
        }
        all.setProperty(at + "change.sha256", change.sha256());
        all.setProperty(at + "change.size", Long.toString(change.size()));
      }
    }
    if (listing.clean()) {
      all.setProperty(CLEAN, "true");
    }
    StringWriter text = new StringWriter();
    all.store(text, "Virtual bundles of this node, written by Fluid OSGi");
    AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
