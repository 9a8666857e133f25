package org.fluidosgi.channel.internal.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fluidosgi.channel.NodeId;
import org.jspecify.annotations.Nullable;

/** The node's directory: locked while open, with its identity and the counter of its lives.
 * Shape: files {@code lock}, {@code identity} (key=value lines: id, directory, inode) and {@code incarnation} (a number).
 * Invariant: the counter on disk is raised before a life begins. Threads: the opener's. */
public final class NodeDirectory implements AutoCloseable {
  private static final Pattern INODE = Pattern.compile("ino=(\\d+)");
  private static final long IDENTITY_BYTES_MAX = 16 << 10;

  private final Path path;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final NodeId id;
  private final long counter;

  private NodeDirectory(Path path, FileChannel lockFile, FileLock lock) throws IOException {
    this.path = path;
    this.lockFile = lockFile;
    this.lock = lock;
    this.id = identity();
    this.counter = nextCounter();
  }

  /** Errors: IOException in one line, naming the directory and what to do. */
  public static NodeDirectory open(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path path = directory.toRealPath();
    FileChannel lockFile =
        FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = tryLock(lockFile);
      if (lock == null) {
        throw new IOException(
            "data directory " + path
                + " is in use by another node; stop that one or set fluid.data.dir to another directory");
      }
      return new NodeDirectory(path, lockFile, lock);
    } catch (IOException | RuntimeException e) {
      lockFile.close(); // frees the lock too
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  public Path path() {
    return path;
  }

  public NodeId id() {
    return id;
  }

  /** Number of this life, from 1 on. */
  public long counter() {
    return counter;
  }

  private NodeId identity() throws IOException {
    Path file = path.resolve("identity");
    String inode = inode(path);
    if (!Files.exists(file)) {
      NodeId fresh = new NodeId(UUID.randomUUID());
      write(file, "id=" + fresh + "\ndirectory=" + path + "\ninode=" + inode + "\n");
      return fresh;
    }
    if (Files.size(file) > IDENTITY_BYTES_MAX) {
      throw damaged(file, "it is larger than " + IDENTITY_BYTES_MAX + " bytes");
    }
    Map<String, String> values = new HashMap<>();
    for (String line : Files.readString(file).split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals).trim(), line.substring(equals + 1).trim());
      }
    }
    checkNotCopied(file, "directory", values.get("directory"), path.toString());
    checkNotCopied(file, "inode", values.get("inode"), inode);
    try {
      return NodeId.parse(String.valueOf(values.get("id")));
    } catch (IllegalArgumentException e) {
      throw damaged(file, "id=" + values.get("id") + " is no UUID");
    }
  }

  private void checkNotCopied(Path file, String key, @Nullable String noted, String found)
      throws IOException {
    if (!found.equals(noted)) {
      throw new IOException(
          "data directory " + path + " looks like a copy: " + file + " notes " + key + "="
              + noted + ", but here it is " + found
              + "; for a new node delete the files identity and incarnation"
              + " there; if the directory was moved on purpose and the old one is gone, set " + key
              + "=" + found
              + " in that file");
    }
  }

  private static IOException damaged(Path file, String why) {
    return new IOException(file + " is damaged: " + why
        + "; restore it, or delete it to give this node a new identity");
  }

  /** The inode without the device, whose number may change at a reboot; {@code none} where there are no inodes. */
  private static String inode(Path path) throws IOException {
    Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    Matcher matcher = INODE.matcher(String.valueOf(key));
    return matcher.find() ? matcher.group(1) : "none";
  }

  private long nextCounter() throws IOException {
    Path file = path.resolve("incarnation");
    long last = 0;
    if (Files.exists(file)) {
      String text = Files.size(file) > 64 ? "" : Files.readString(file).trim();
      try {
        last = Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw damaged(file, "'" + text + "' is no number");
      }
      if (last < 0 || last == Long.MAX_VALUE) {
        throw damaged(file, last + " is out of range");
      }
    }
    write(file, (last + 1) + "\n");
    return last + 1;
  }

  /** Replaces a file at once: after a crash there is the old text or the new one, after this call the new one. */
  private void write(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel out = FileChannel.open(
        fresh,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    try {
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }
    force(path);
  }

  /** The name of a file lies in its folder: without this a power failure may bring the old counter back. */
  private static void force(Path folder) {
    try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
      entries.force(true);
    } catch (IOException e) {
      // Some platforms (Windows) cannot open a folder.
      System.getLogger("org.fluidosgi.channel")
          .log(System.Logger.Level.DEBUG, "folder {0} cannot be forced to disk: {1}", folder, e);
    }
  }

  /** Frees the lock; the file stays, deleting it would let two nodes lock different files. */
  @Override
  public void close() throws IOException {
    try (FileChannel file = lockFile) {
      lock.release();
    }
  }
}
