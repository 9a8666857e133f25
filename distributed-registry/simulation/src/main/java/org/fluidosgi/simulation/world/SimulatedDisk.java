package org.fluidosgi.simulation.world;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.SplittableRandom;

/** The files of one process: when it dies they lose any part of what was not forced. They can be full, and the process can die in
 * the middle of writing. Forcing costs nothing. Threads: the world's. */
public final class SimulatedDisk {
  private final SplittableRandom random;
  private final Runnable powerLost;
  private final List<Unsafe> open = new ArrayList<>();
  private int untilPowerLoss;
  private boolean full;
  private boolean dead;

  /** Shape: {@code powerLost} is called in the middle of a write or before forcing, and has to end the process. */
  public SimulatedDisk(SimulatedWorld world, Runnable powerLost) {
    random = world.random();
    this.powerLost = powerLost;
  }

  /** Opens a file, or a folder to be forced. */
  public FileChannel open(Path file, OpenOption... options) throws IOException {
    working();
    Unsafe channel = new Unsafe(FileChannel.open(file, options));
    open.add(channel);
    return channel;
  }

  /** The power fails in the middle of the write after so many, or before forcing; 0: not at all. */
  public void losePowerAfter(int writes) {
    untilPowerLoss = writes;
  }

  /** Whether writes fail for want of room. */
  public void full(boolean fromNowOn) {
    full = fromNowOn;
  }

  /** The process is dead: what was not forced may be lost, and nothing is written any more. */
  public void crash() {
    dead = true;
    try {
      for (Unsafe each : open) {
        each.crash();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.clear();
  }

  private void working() throws IOException {
    if (dead) {
      throw new IOException("the process is dead");
    }
  }

  /** Whether the power fails with this step. */
  private boolean failsNow() {
    return untilPowerLoss > 0 && --untilPowerLoss == 0;
  }

  private void losePower() throws IOException {
    dead = true;
    powerLost.run();
    working();
  }

  private final class Unsafe extends FileChannel {
    private final FileChannel file;
    private long forced;
    private boolean written;

    Unsafe(FileChannel file) throws IOException {
      this.file = file;
      forced = file.size();
    }

    void crash() throws IOException {
      if (file.isOpen() && written && file.size() > forced) {
        file.truncate(forced + random.nextLong(file.size() - forced + 1));
      }
      file.close();
    }

    @Override
    public int write(ByteBuffer src, long position) throws IOException {
      working();
      if (full) {
        throw new IOException("no space left on device");
      }
      written = true;
      if (failsNow()) {
        src.limit(src.position() + random.nextInt(src.remaining() + 1));
        file.write(src, position);
        losePower();
      }
      return file.write(src, position);
    }

    @Override
    public void force(boolean metaData) throws IOException {
      working();
      if (failsNow()) {
        losePower();
      }
      if (written) {
        forced = file.size();
      }
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      working();
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
      if (!dead) { // else what was not forced is still to be lost
        open.remove(this);
        file.close();
      }
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
