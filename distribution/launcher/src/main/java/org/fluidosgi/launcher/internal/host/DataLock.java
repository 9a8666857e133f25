package org.fluidosgi.launcher.internal.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.fluidosgi.launcher.internal.LauncherException;

/** The data folder belongs to this process while it runs: two frameworks in one storage destroy each other.
 * Shape: a lock on DIR/launcher.lock, which holds the process id. */
final class DataLock implements AutoCloseable {
  private final Path folder;
  private final FileChannel channel;

  private DataLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  static DataLock take(Path data) throws LauncherException {
    Path folder = NodeRun.folder(data);
    try {
      FileChannel channel = FileChannel.open(
          folder.resolve("launcher.lock"),
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE);
      if (!locked(channel)) {
        String owner = owner(channel);
        channel.close();
        throw new LauncherException("data folder " + folder + " is in use by process " + owner
            + ": stop that node or give another --data");
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(
          (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
      return new DataLock(folder, channel);
    } catch (IOException e) {
      throw new LauncherException(
          "cannot lock the data folder " + folder + " (" + LauncherException.reason(e)
              + "): give a writable one with --data",
          e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static String owner(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(20);
    channel.read(text, 0);
    return new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).trim();
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() throws LauncherException {
    try {
      channel.close();
    } catch (IOException e) {
      throw new LauncherException("cannot unlock the data folder " + folder, e);
    }
  }
}
