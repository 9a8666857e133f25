package org.fluidosgi.groupstore.internal.core;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A log file: eight bytes of magic, then records, each with its length and checksum in front. A record counts once it is on
 * disk; a crash can leave a torn last record, which opening cuts off. Anything else that does not fit is damage, and refused.
 * Threads: one. */
public final class GroupLog implements AutoCloseable {
  /** Opens files; tests put a failing disk here. */
  @FunctionalInterface
  public interface Disk {
    /** Opens that file. */
    FileChannel open(Path file, OpenOption... options) throws IOException;
  }

  /** What kind of log it is: file name, eight characters of magic, and how long a record can be. */
  public record Form(String file, String magic, int bytesMin, int bytesMax) {
    /** Where a log is written that replaces the present one. */
    public String newFile() {
      return file + ".new";
    }

    private byte[] start() {
      return magic.getBytes(StandardCharsets.US_ASCII);
    }
  }

  /** Takes the records when a log is opened. */
  @FunctionalInterface
  public interface Reader {
    /** A record whose checksum is right. Errors: IllegalArgumentException when it makes no sense. */
    void accept(byte[] content);
  }

  /** The log of the store of a lone node. */
  static final Form ENTRIES =
      new Form("group.log", "FLUIDGS1", LogEntry.FIXED_BYTES, LogEntry.CONTENT_BYTES_MAX);

  private static final int HEAD_BYTES = 8;

  private static final String REPAIR =
      "make the file and its folder writable for this user, or free space on its disk";

  private final Path folder;
  private final Form form;
  private final Disk disk;
  private FileChannel channel;
  private long end;
  private boolean broken;

  private GroupLog(Path folder, Form form, Disk disk, FileChannel channel) {
    this.folder = folder;
    this.form = form;
    this.disk = disk;
    this.channel = channel;
  }

  /** Opens or makes the log, hands over its records in order.
   * Errors: IOException naming file and position when the file is damaged or the disk fails. */
  public static GroupLog open(Path folder, Form form, Disk disk, Reader records)
      throws IOException {
    Path file = folder.resolve(form.file());
    FileChannel channel;
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(folder.resolve(form.newFile())); // a compaction that was not finished
      channel = disk.open(
          file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(file + " cannot be opened: " + reason(e) + "; " + REPAIR, e);
    }
    GroupLog log = new GroupLog(folder, form, disk, channel);
    try {
      log.recover(file, records);
    } catch (FileSystemException e) {
      channel.close();
      throw new IOException(file + " cannot be read: " + reason(e) + "; " + REPAIR, e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    return log;
  }

  private void recover(Path file, Reader records) throws IOException {
    long size = channel.size();
    byte[] magic = form.start();
    if (size < magic.length) {
      byte[] start = read(0, (int) size);
      if (!Arrays.equals(start, Arrays.copyOf(magic, start.length)) && !isZero(start)) {
        throw damaged(file, 0, "this is no group store");
      }
      channel.truncate(0);
      write(channel, ByteBuffer.wrap(magic), 0);
      channel.force(true);
      forceFolder();
      end = magic.length;
      return;
    }
    if (!Arrays.equals(read(0, magic.length), magic)) {
      throw damaged(file, 0, "this is no group store of version 1");
    }
    end = magic.length;
    while (end < size) {
      byte[] record = next(file, size);
      if (record == null) {
        channel.truncate(end);
        channel.force(true);
        return;
      }
      try {
        records.accept(record);
      } catch (IllegalArgumentException e) {
        throw damaged(file, end, String.valueOf(e.getMessage()));
      }
      end += HEAD_BYTES + record.length;
    }
  }

  /** The record at {@code end}, null when it is torn. */
  private byte @Nullable [] next(Path file, long size) throws IOException {
    long rest = size - end;
    if (rest < HEAD_BYTES) {
      return null;
    }
    ByteBuffer head = ByteBuffer.wrap(read(end, HEAD_BYTES));
    int length = head.getInt();
    int checksum = head.getInt();
    if (length == 0 && checksum == 0 && isZeroToTheEnd(size)) {
      return null; // the file grew, the bytes did not arrive
    }
    if (length < form.bytesMin() || length > form.bytesMax()) {
      throw damaged(file, end, "an entry of " + length + " bytes");
    }
    if (length > rest - HEAD_BYTES) {
      return null;
    }
    byte[] content = read(end + HEAD_BYTES, length);
    if (checksum(content, 0, length) != checksum) {
      if (end + HEAD_BYTES + length == size) {
        return null;
      }
      throw damaged(file, end, "the checksum is wrong and more entries follow");
    }
    return content;
  }

  /** That record as it stands in the log: u32 length, u32 CRC-32C, content. */
  public static byte[] frame(byte[] content) {
    return ByteBuffer.allocate(HEAD_BYTES + content.length)
        .putInt(content.length)
        .putInt(checksum(content, 0, content.length))
        .put(content)
        .array();
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /** Whether nothing can be appended any more, because nobody knows what is on disk. */
  public boolean isBroken() {
    return broken;
  }

  /** Bytes of the log. */
  public long length() {
    return end;
  }

  /** Appends one or more framed records and forces them to disk. After an error none is there; when that cannot be made sure,
   * every later append fails too. */
  public void append(byte[] bytes) throws IOException {
    if (broken) {
      throw new IOException(
          folder.resolve(form.file())
              + ": an earlier write failed and could not be undone: check the disk and restart the node");
    }
    broken = true;
    Path file = folder.resolve(form.file());
    try {
      write(channel, ByteBuffer.wrap(bytes), end);
    } catch (IOException e) {
      IOException told =
          new IOException(file + " cannot be written: " + reason(e) + "; " + REPAIR, e);
      undo(told);
      throw told;
    }
    try {
      channel.force(false);
    } catch (IOException e) { // nobody knows what is on disk: the log stays broken
      throw new IOException(
          file + " could not be forced to disk: " + reason(e)
              + "; check the disk and restart the node",
          e);
    }
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

  /** Replaces the log by one with only these framed records. After an error the old one holds, or nothing can be appended any more. */
  public void compact(Iterable<byte[]> records) throws IOException {
    Path fresh = folder.resolve(form.newFile());
    FileChannel next;
    try {
      next = disk.open(
          fresh,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(fresh + " cannot be opened: " + reason(e) + "; " + REPAIR, e);
    }
    long length = 0;
    try {
      length += write(next, ByteBuffer.wrap(form.start()), length);
      for (byte[] record : records) {
        length += write(next, ByteBuffer.wrap(record), length);
      }
      next.force(true);
      Files.move(fresh, folder.resolve(form.file()), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      next.close();
      throw new IOException(fresh + " cannot be written: " + reason(e) + "; " + REPAIR, e);
    }
    FileChannel old = channel;
    channel = next;
    end = length;
    boolean before = broken;
    broken = true; // until it is sure that a power failure does not bring the old file back
    old.close();
    forceFolder();
    broken = before;
  }

  /** Why, without the path, which some exceptions say and some do not. */
  private static String reason(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "access denied";
    }
    return failure instanceof FileSystemException of && of.getReason() != null
        ? of.getReason()
        : String.valueOf(failure.getMessage());
  }

  private void forceFolder() throws IOException {
    try (FileChannel directory = disk.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    } catch (AccessDeniedException e) {
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
