package org.fluidosgi.framework.internal.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Bundle content by its SHA-256: one file each, named by its hash, complete or absent.
 * Invariant: a file takes its name only after its bytes were hashed. Limits: one content, and all together; when those are passed the least
 * recently used ones that no bundle of this node needs are removed. Threads: any; eviction under the monitor. */
public final class ContentStore {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final int BUFFER_BYTES = 64 * 1024;
  private final Path folder;
  private final Path incoming;
  private final long oneBytesMax;
  private final long allBytesMax;
  private final Supplier<Set<String>> inUse;

  /** A stored content. */
  public record Content(String sha256, long size, Path file) {}

  /** Opens the folder, removing what earlier runs left unfinished. */
  public ContentStore(Path folder, long oneBytesMax, long allBytesMax, Supplier<Set<String>> inUse)
      throws IOException {
    this.folder = folder;
    this.incoming = folder.resolve("incoming");
    this.oneBytesMax = oneBytesMax;
    this.allBytesMax = allBytesMax;
    this.inUse = inUse;
    Files.createDirectories(incoming);
    try (Stream<Path> left = Files.list(incoming)) {
      for (Path part : left.toList()) {
        Files.deleteIfExists(part);
      }
    }
  }

  /** Whether that text is a SHA-256 as used here: 64 small hexadecimal digits. */
  public static boolean isHash(String text) {
    return HASH.matcher(text).matches();
  }

  /** Largest content. Shape: bytes. */
  public long oneBytesMax() {
    return oneBytesMax;
  }

  /** The content of that hash, if it is here; counts as a use. */
  public Optional<Content> find(String sha256) {
    if (!isHash(sha256)) {
      return Optional.empty();
    }
    Path file = folder.resolve(sha256);
    try {
      long size = Files.size(file);
      Files.setLastModifiedTime(file, FileTime.from(java.time.Instant.now()));
      return Optional.of(new Content(sha256, size, file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      System.getLogger("org.fluidosgi.framework")
          .log(System.Logger.Level.WARNING, "content {0} cannot be read: {1}", sha256, e);
      return Optional.empty();
    }
  }

  /** Takes a stream in, to its end. Errors: IOException, naming the limit when it is longer. Closes nothing. */
  public Content add(InputStream from) throws IOException {
    Path part = newPart();
    try {
      MessageDigest digest = sha256();
      long size = 0;
      try (OutputStream to = new DigestOutputStream(Files.newOutputStream(part), digest)) {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
          size += read;
          if (size > oneBytesMax) {
            throw tooLarge("its size is not announced and is more than ");
          }
          to.write(buffer, 0, read);
        }
      }
      return keep(part, HexFormat.of().formatHex(digest.digest()), size);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Begins to take in content whose size and hash are announced. Errors: IOException naming the limit. */
  public Incoming begin(String sha256, long size) throws IOException {
    if (!isHash(sha256) || size < 0) {
      throw new IOException("content '" + sha256 + "' of " + size + " bytes: no SHA-256 or size");
    }
    checkSize(size);
    return new Incoming(sha256, size, newPart());
  }

  /** Refuses an announced size beyond the limit. Errors: IOException naming both and the setting. */
  public void checkSize(long size) throws IOException {
    if (size > oneBytesMax) {
      throw tooLarge("it has " + size + " bytes, more than ");
    }
  }

  private IOException tooLarge(String size) {
    return new IOException(size + oneBytesMax
        + " bytes: raise fluid.framework.bundle.bytes.max on both nodes or use a smaller bundle");
  }

  private Path newPart() {
    return incoming.resolve(UUID.randomUUID() + ".part");
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private Content keep(Path part, String sha256, long size) throws IOException {
    makeRoom(size, sha256);
    Path file = folder.resolve(sha256);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new Content(sha256, size, file);
  }

  private synchronized void makeRoom(long size, String incomingHash) throws IOException {
    List<Path> files = new ArrayList<>();
    long total = size;
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.add(file);
        total += Files.size(file);
      }
    }
    if (total <= allBytesMax) {
      return;
    }
    Set<String> used = inUse.get();
    files.removeIf(file -> {
      String name = file.getFileName().toString();
      return used.contains(name) || name.equals(incomingHash);
    });
    files.sort(Comparator.comparing(ContentStore::lastUsed));
    for (Path file : files) {
      long freed = Files.size(file);
      Files.deleteIfExists(file);
      total -= freed;
      if (total <= allBytesMax) {
        return;
      }
    }
    throw new IOException("the content store is full with bundles in use (" + allBytesMax
        + " bytes): uninstall some or raise fluid.framework.content.mib.max");
  }

  private static FileTime lastUsed(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  /** Content on its way in. Threads: one at a time. */
  public final class Incoming {
    private final String sha256;
    private final long size;
    private final Path part;
    private final MessageDigest digest = sha256();
    private long received;
    private boolean ended;

    Incoming(String sha256, long size, Path part) {
      this.sha256 = sha256;
      this.size = size;
      this.part = part;
    }

    /** Takes the next piece. Errors: IOException when it does not continue where the last one ended, or is too much. */
    public synchronized long append(long offset, ByteBuffer bytes) throws IOException {
      if (ended || offset != received || bytes.remaining() > size - received) {
        throw new IOException("piece of " + bytes.remaining() + " bytes at " + offset
            + " does not fit: " + received + " of " + size + " bytes are here");
      }
      digest.update(bytes.duplicate());
      try (FileChannel to = FileChannel.open(
          part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
        while (bytes.hasRemaining()) {
          received += to.write(bytes);
        }
      }
      return received;
    }

    /** Checks and keeps it. Errors: IOException naming what was announced and what came. */
    public synchronized Content finish() throws IOException {
      try {
        String found = HexFormat.of().formatHex(digest.digest());
        if (ended || received != size) {
          throw new IOException(
              "transfer is incomplete: " + received + " of " + size + " bytes came");
        }
        if (!found.equals(sha256)) {
          throw new IOException("content has SHA-256 " + found + ", announced was " + sha256);
        }
        if (size == 0) {
          Files.createFile(part);
        }
        return keep(part, sha256, size);
      } finally {
        abandon();
      }
    }

    /** Removes what came so far. Idempotent. */
    public synchronized void abandon() {
      ended = true;
      try {
        Files.deleteIfExists(part);
      } catch (IOException e) {
        System.getLogger("org.fluidosgi.framework")
            .log(System.Logger.Level.WARNING, "{0} cannot be removed: {1}", part, e);
      }
    }
  }
}
