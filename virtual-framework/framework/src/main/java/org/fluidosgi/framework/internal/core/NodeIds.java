package org.fluidosgi.framework.internal.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Supplier;
import org.fluidosgi.framework.VirtualId;

/** This node's numbers on file: its group, its ordinal there, and the next counter.
 * Invariant: a counter is on disk before it is used and only rises, also through re-numbering, so no id of this node ever names
 * two bundles. Shape of the file: one line {@code 1 <group UUID> <ordinal> <next counter>}. Threads: any; written under its monitor. */
public final class NodeIds {
  /** Largest counter, so that it fits into 32 bits of an id. */
  public static final long COUNTER_MAX = 0xffff_ffffL;

  private static final String FORM = "1";
  private final Path file;
  private volatile Numbers numbers;

  /** What the file holds. */
  public record Numbers(UUID group, int ordinal, long next) {}

  private NodeIds(Path file, Numbers numbers) {
    this.file = file;
    this.numbers = numbers;
  }

  /** Reads the file, or starts a group of one's own with ordinal 1.
   * Errors: IOException naming a file that is damaged; it is not overwritten, since that could repeat ids. */
  public static NodeIds open(Path file, Supplier<UUID> freshGroup) throws IOException {
    if (!Files.exists(file)) {
      NodeIds fresh = new NodeIds(file, new Numbers(freshGroup.get(), 1, 1));
      fresh.write(fresh.numbers);
      return fresh;
    }
    String text = Files.readString(file, StandardCharsets.UTF_8).trim();
    try {
      String[] parts = text.split(" ");
      Numbers read = new Numbers(
          UUID.fromString(parts[1]), Integer.parseInt(parts[2]), Long.parseLong(parts[3]));
      if (parts.length == 4
          && parts[0].equals(FORM)
          && OrdinalTable.valid(read.ordinal)
          && read.next > 0
          && read.next <= COUNTER_MAX + 1) {
        return new NodeIds(file, read);
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new IOException(damaged(file), e);
    }
    throw new IOException(damaged(file));
  }

  private static String damaged(Path file) {
    return file + " is damaged: restore it from a backup, or remove it and the node's virtual"
        + " bundles to start with new ids";
  }

  /** Group, ordinal and next counter now. */
  public Numbers numbers() {
    return numbers;
  }

  /** A new id, never given before. Errors: IOException when it cannot be put on disk, or all are used up. */
  public synchronized VirtualId next() throws IOException {
    long counter = numbers.next;
    if (counter > COUNTER_MAX) {
      throw new IOException("this node has given out all " + COUNTER_MAX + " ids");
    }
    Numbers after = new Numbers(numbers.group, numbers.ordinal, counter + 1);
    write(after);
    numbers = after;
    return new VirtualId(after.ordinal, counter);
  }

  /** Takes the ordinal that a group gave; false when it was so already. */
  public synchronized boolean renumber(UUID group, int ordinal) throws IOException {
    if (numbers.group.equals(group) && numbers.ordinal == ordinal) {
      return false;
    }
    if (!OrdinalTable.valid(ordinal)) {
      throw new IOException("ordinal " + ordinal + " is not in 1.." + OrdinalTable.ORDINALS_MAX);
    }
    Numbers after = new Numbers(group, ordinal, numbers.next);
    write(after);
    numbers = after;
    return true;
  }

  private void write(Numbers value) throws IOException {
    String line = FORM + " " + value.group + " " + value.ordinal + " " + value.next + "\n";
    AtomicFile.write(file, line.getBytes(StandardCharsets.UTF_8));
  }
}
