package org.fluidosgi.channel.internal.node;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** The secret that all nodes of a group share, in a file.
 * Shape: the file's text without white space around it, at most {@link #BYTES_MAX} bytes; made with 64 hex digits. */
public final class GroupToken {
  public static final int BYTES_MAX = 4096;
  private static final int RANDOM_BYTES = 32;
  private static final int KEY_BYTES = 32;
  private static final int KEY_ROUNDS = 100_000;
  private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
      PosixFilePermission.GROUP_READ,
      PosixFilePermission.GROUP_WRITE,
      PosixFilePermission.OTHERS_READ,
      PosixFilePermission.OTHERS_WRITE);

  private GroupToken() {}

  /** Reads it; makes it when there is none. Two nodes that start at once get the same. Errors: IOException naming the file. */
  public static byte[] read(Path file, String node, System.Logger log) throws IOException {
    if (!Files.exists(file)) {
      create(file, node, log);
    }
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException("token file " + file + " is larger than " + BYTES_MAX
          + " bytes; is it the right file? (fluid.token.file)");
    }
    String text = Files.readString(file, StandardCharsets.UTF_8).trim();
    if (text.isEmpty()) {
      throw new IOException("token file " + file
          + " is empty; copy it from another node of the group, or delete it to found a new group");
    }
    warnWhenReadable(file, node, log);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A key for that purpose. Slow on purpose: whoever sees what it signs should not guess the token of a short sentence. */
  public static byte[] key(byte[] token, String purpose) {
    char[] secret = HexFormat.of().formatHex(token).toCharArray();
    byte[] salt = ("fluid-osgi/1 " + purpose).getBytes(StandardCharsets.UTF_8);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(new PBEKeySpec(secret, salt, KEY_ROUNDS, KEY_BYTES * Byte.SIZE))
          .getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no PBKDF2WithHmacSHA256", e);
    }
  }

  private static void create(Path file, String node, System.Logger log) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    Path fresh = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID());
    FileAttribute<?>[] ownerOnly = isPosix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel out = FileChannel.open(fresh, options, ownerOnly)) {
      out.write(ByteBuffer.wrap(
          (HexFormat.of().formatHex(random) + "\n").getBytes(StandardCharsets.US_ASCII)));
      out.force(true);
      place(fresh, file);
      log.log(
          Level.INFO,
          "{0}: created the group token {1}; copy it to the group''s other hosts",
          node,
          file);
    } catch (FileAlreadyExistsException e) {
      log.log(Level.DEBUG, "{0}: another node created the group token {1}", node, file);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** The complete file appears at once under its name, or the name is taken. */
  private static void place(Path fresh, Path file) throws IOException {
    try {
      Files.createLink(file, fresh);
    } catch (UnsupportedOperationException e) {
      Files.move(fresh, file); // no hard links here
    }
  }

  private static void warnWhenReadable(Path file, String node, System.Logger log)
      throws IOException {
    if (isPosix()) {
      Set<PosixFilePermission> found = EnumSet.copyOf(OTHERS);
      found.retainAll(Files.getPosixFilePermissions(file));
      if (!found.isEmpty()) {
        log.log(
            Level.WARNING,
            "{0}: token file {1} is open to other users {2}; run chmod 600 on it",
            node,
            file,
            found);
      }
    }
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }
}
