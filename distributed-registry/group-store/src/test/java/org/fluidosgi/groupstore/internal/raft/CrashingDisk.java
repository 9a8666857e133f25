package org.fluidosgi.groupstore.internal.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.fluidosgi.groupstore.internal.core.GroupLog;
import org.fluidosgi.groupstore.testkit.FileAround;

/** Files that lose, when the process dies, any part of what was not forced; that can be full or fail to force; and
 * whose forcing costs nothing. */
final class CrashingDisk implements GroupLog.Disk {
  private final List<Crashing> open = new ArrayList<>();
  private final Random random;
  boolean full;
  boolean failsToForce;
  boolean hasFailedToForce;
  int forces;

  CrashingDisk(Random random) {
    this.random = random;
  }

  @Override
  public FileChannel open(Path file, OpenOption... options) throws IOException {
    Crashing channel = new Crashing(FileChannel.open(file, options));
    open.add(channel);
    return channel;
  }

  /** The process dies. */
  void crash() throws IOException {
    for (Crashing each : open) {
      each.crash();
    }
    open.clear();
  }

  private final class Crashing extends FileAround {
    private long forced;
    private boolean writes;

    Crashing(FileChannel file) throws IOException {
      super(file);
      forced = file.size();
    }

    void crash() throws IOException {
      if (file.isOpen() && writes && file.size() > forced) {
        file.truncate(forced + random.nextLong(file.size() - forced + 1));
      }
      file.close();
    }

    @Override
    public int write(ByteBuffer src, long position) throws IOException {
      writes = true;
      if (full) {
        writeHalf(src, position);
        throw new IOException("no space left on device");
      }
      return super.write(src, position);
    }

    @Override
    public void force(boolean metaData) throws IOException {
      forces++;
      if (writes) {
        if (failsToForce) {
          hasFailedToForce = true;
          throw new IOException("input/output error");
        }
        forced = file.size();
      }
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      super.truncate(size);
      forced = Math.min(forced, size);
      return this;
    }
  }
}
