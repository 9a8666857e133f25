package org.fluidosgi.groupstore.internal.core;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The log file: eight bytes of magic, then entries. An entry counts once it is on disk; a crash can leave a torn last
 * entry, which opening cuts off. Anything else that does not fit is damage, and refused.
 * Threads: one. */
final class GroupLog implements AutoCloseable {
  /** Opens files; tests put a failing disk here. */
  @FunctionalInterface
  interface Disk {
    FileChannel open(Path file, OpenOption... options) throws IOException;
  }

  static final String FILE = "group.log";
  static final String NEW_FILE = "group.log.new";
  private static final byte[] MAGIC = "FLUIDGS1".getBytes(StandardCharsets.US_ASCII);

  private final Path folder;
  private final Disk disk;
  private FileChannel channel;
  private long end;
  private boolean broken;

  private GroupLog(Path folder, Disk disk, FileChannel channel) {
    this.folder = folder;
    this.disk = disk;
    this.channel = channel;
  }

  /** Opens or makes the log, hands over its entries in order.
   * Errors: IOException naming file and position when the file is damaged or the disk fails. */
  static GroupLog open(Path folder, Disk disk, Consumer<LogEntry> entries) throws IOException {
    Files.createDirectories(folder);
    Files.deleteIfExists(folder.resolve(NEW_FILE)); // a compaction that was not finished
    Path file = folder.resolve(FILE);
    FileChannel channel = disk.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    GroupLog log = new GroupLog(folder, disk, channel);
    try {
      log.recover(file, entries);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    return log;
  }

  private void recover(Path file, Consumer<LogEntry> entries) throws IOException {
    long size = channel.size();
    if (size < MAGIC.length) {
      byte[] start = read(0, (int) size);
      if (!Arrays.equals(start, Arrays.copyOf(MAGIC, start.length)) && !isZero(start)) {
        throw damaged(file, 0, "this is no group store");
      }
      channel.truncate(0);
      write(channel, ByteBuffer.wrap(MAGIC), 0);
      channel.force(true);
      forceFolder();
      end = MAGIC.length;
      return;
    }
    if (!Arrays.equals(read(0, MAGIC.length), MAGIC)) {
      throw damaged(file, 0, "this is no group store of version 1");
    }
    end = MAGIC.length;
    long last = 0;
    while (end < size) {
      LogEntry entry = next(file, size);
      if (entry == null) {
        channel.truncate(end);
        channel.force(true);
        return;
      }
      if (entry.version() <= last) {
        throw damaged(file, end, "version " + entry.version() + " after " + last);
      }
      last = entry.version();
      entries.accept(entry);
      end += entry.encode().length;
    }
  }

  /** The entry at {@code end}, null when it is torn. */
  private @Nullable LogEntry next(Path file, long size) throws IOException {
    long rest = size - end;
    if (rest < LogEntry.HEAD_BYTES) {
      return null;
    }
    ByteBuffer head = ByteBuffer.wrap(read(end, LogEntry.HEAD_BYTES));
    int length = head.getInt();
    int checksum = head.getInt();
    if (length == 0 && checksum == 0 && isZeroToTheEnd(size)) {
      return null; // the file grew, the bytes did not arrive
    }
    if (!LogEntry.isLength(length)) {
      throw damaged(file, end, "an entry of " + length + " bytes");
    }
    if (length > rest - LogEntry.HEAD_BYTES) {
      return null;
    }
    byte[] content = read(end + LogEntry.HEAD_BYTES, length);
    if (LogEntry.checksum(content, 0, length) != checksum) {
      if (end + LogEntry.HEAD_BYTES + length == size) {
        return null;
      }
      throw damaged(file, end, "the checksum is wrong and more entries follow");
    }
    try {
      return LogEntry.decode(content);
    } catch (IllegalArgumentException e) {
      throw damaged(file, end, String.valueOf(e.getMessage()));
    }
  }

  /** Bytes of the log. */
  long length() {
    return end;
  }

  /** Appends and forces to disk. After an error the entry is not there; when that cannot be made sure, every later append
   * fails too. */
  void append(LogEntry entry) throws IOException {
    if (broken) {
      throw new IOException("an earlier write failed and could not be undone: check the disk of "
          + folder + " and restart the node");
    }
    byte[] bytes = entry.encode();
    broken = true;
    try {
      write(channel, ByteBuffer.wrap(bytes), end);
    } catch (IOException e) {
      undo(e);
      throw e;
    }
    // When forcing fails nobody knows what is on disk: the log stays broken.
    channel.force(false);
    end += bytes.length;
    broken = false;
  }

  private void undo(IOException cause) {
    try {
      channel.truncate(end);
      channel.force(true);
      broken = false;
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Replaces the log by one with only these entries, in rising order of version. After an error the old one holds. */
  void compact(Collection<LogEntry> entries) throws IOException {
    Path fresh = folder.resolve(NEW_FILE);
    FileChannel next = disk.open(
        fresh,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
    long length = 0;
    try {
      length += write(next, ByteBuffer.wrap(MAGIC), length);
      for (LogEntry entry : entries) {
        length += write(next, ByteBuffer.wrap(entry.encode()), length);
      }
      next.force(true);
      Files.move(fresh, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      next.close();
      throw e;
    }
    FileChannel old = channel;
    channel = next;
    end = length;
    old.close();
    forceFolder();
  }

  private void forceFolder() throws IOException {
    try (FileChannel directory = disk.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    } catch (java.nio.file.AccessDeniedException e) {
      // Windows cannot open a folder, and keeps names by itself.
      System.getLogger("org.fluidosgi.groupstore")
          .log(System.Logger.Level.TRACE, "the folder cannot be forced", e);
    }
  }

  private static int write(FileChannel to, ByteBuffer bytes, long at) throws IOException {
    int length = bytes.remaining();
    long position = at;
    while (bytes.hasRemaining()) {
      position += to.write(bytes, position);
    }
    return length;
  }

  private byte[] read(long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return bytes.array();
  }

  private boolean isZeroToTheEnd(long size) throws IOException {
    for (long at = end; at < size; at += 8192) {
      if (!isZero(read(at, (int) Math.min(8192, size - at)))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(byte[] bytes) {
    for (byte each : bytes) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  private static IOException damaged(Path file, long at, String what) {
    return new IOException(file + " is damaged at byte " + at + ": " + what
        + "; restore it from a copy, or move it away to begin with an empty store");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
