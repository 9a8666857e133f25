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
import org.fluidosgi.framework.internal.core.AtomicFile;
import org.fluidosgi.framework.internal.core.ContentStore;
import org.fluidosgi.framework.internal.group.LocalBundle.Saved;

/** The list of this node's virtual bundles on file, replaced as a whole.
 * Shape: Java properties {@code <counter>.<field>}. Threads: one at a time. */
final class BundleFile {
  private final Path file;

  /** One bundle. */
  record Entry(long counter, long hostId, Saved saved) {}

  BundleFile(Path file) {
    this.file = file;
  }

  /** What is on file; nothing when there is none. Errors: IOException naming the file and the damaged entry. */
  List<Entry> read() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    Properties all = new Properties();
    List<Entry> entries = new ArrayList<>();
    try {
      all.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
      TreeSet<Long> counters = new TreeSet<>();
      for (String key : all.stringPropertyNames()) {
        counters.add(Long.parseLong(key.substring(0, key.indexOf('.'))));
      }
      for (long counter : counters) {
        entries.add(entry(all, counter));
      }
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      throw new IOException(
          file + " is damaged (" + e.getMessage() + "): restore it, or remove it to forget the"
              + " node's virtual bundles",
          e);
    }
    return entries;
  }

  private static Entry entry(Properties all, long counter) {
    String sha256 = field(all, counter, "sha256");
    if (!ContentStore.isHash(sha256)) {
      throw new IllegalArgumentException(counter + ".sha256=" + sha256);
    }
    return new Entry(
        counter,
        Long.parseLong(field(all, counter, "host")),
        new Saved(
            field(all, counter, "location"),
            sha256,
            Long.parseLong(field(all, counter, "size")),
            Boolean.parseBoolean(field(all, counter, "autostart")),
            Boolean.parseBoolean(field(all, counter, "lazily"))));
  }

  private static String field(Properties all, long counter, String name) {
    String value = all.getProperty(counter + "." + name);
    if (value == null) {
      throw new IllegalArgumentException(counter + "." + name + " is missing");
    }
    return value;
  }

  /** Puts the list on disk. */
  void write(Iterable<LocalBundle> bundles) throws IOException {
    Properties all = new Properties();
    for (LocalBundle bundle : bundles) {
      Saved saved = bundle.saved();
      String at = bundle.counter() + ".";
      all.setProperty(at + "host", Long.toString(bundle.host().getBundleId()));
      all.setProperty(at + "location", saved.location());
      all.setProperty(at + "sha256", saved.sha256());
      all.setProperty(at + "size", Long.toString(saved.size()));
      all.setProperty(at + "autostart", Boolean.toString(saved.autostart()));
      all.setProperty(at + "lazily", Boolean.toString(saved.lazily()));
    }
    StringWriter text = new StringWriter();
    all.store(text, "Virtual bundles of this node, written by Fluid OSGi");
    AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
