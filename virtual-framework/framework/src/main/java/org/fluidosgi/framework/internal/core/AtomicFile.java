package org.fluidosgi.framework.internal.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Replaces a small file as a whole: after a crash it holds the old bytes or the new ones, never a part.
 * Once written it stays so through a power failure, where the platform can force a folder to disk (not on Windows).
 * Threads: one writer per file at a time. */
public final class AtomicFile {
  private AtomicFile() {}

  /** Writes the bytes to disk under that name, making the folders above it. */
  public static void write(Path file, byte[] bytes) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      createFolder(parent);
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (FileChannel channel = FileChannel.open(
        part,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (parent != null) {
      force(parent);
    }
  }

  /** A new folder is an entry of the one above it, which must be on disk too. */
  private static void createFolder(Path folder) throws IOException {
    Path above = folder.getParent();
    if (above != null && !Files.isDirectory(folder)) {
      createFolder(above);
      Files.createDirectories(folder);
      force(above);
    }
  }

  /** The name of a file lies in its folder: without this a power failure may bring the old file back. */
  private static void force(Path folder) {
    try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
      entries.force(true);
    } catch (IOException e) {
      System.getLogger("org.fluidosgi.framework")
          .log(System.Logger.Level.DEBUG, "folder {0} cannot be forced to disk: {1}", folder, e);
    }
  }
}
