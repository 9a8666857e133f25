package org.fluidosgi.groupstore.internal.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.fluidosgi.groupstore.internal.core.GroupLog;

/** Files that lose, when the process dies, any part of what was not forced; that can be full; and whose forcing costs nothing. */
final class CrashingDisk implements GroupLog.Disk {
  private final List<Crashing> open = new ArrayList<>();
  private final Random random;
  boolean full;
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

  private final class Crashing extends FileChannel {
    private final FileChannel file;
    private long forced;
    private boolean writes;

    Crashing(FileChannel file) throws IOException {
      this.file = file;
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
      if (full) {
        throw new IOException("no space left on device");
      }
      writes = true;
      return file.write(src, position);
    }

    @Override
    public void force(boolean metaData) throws IOException {
      forces++;
      if (writes) {
        forced = file.size();
      }
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      file.truncate(size);
      forced = Math.min(forced, size);
      return this;
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
      return file.read(dst, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }

    @Override
    public int read(ByteBuffer dst) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer src) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long newPosition) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel src, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }
}
