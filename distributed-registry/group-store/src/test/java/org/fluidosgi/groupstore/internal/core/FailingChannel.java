package org.fluidosgi.groupstore.internal.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file whose writes and forces fail when the disk says so; a failing write leaves half of its bytes behind.
 * Forcing is only counted: tests do not pull the plug, and need not wait for the disk. */
final class FailingChannel extends FileChannel {
  private final FileChannel file;
  private final FileGroupStoreTest.FailingDisk disk;

  FailingChannel(FileChannel file, FileGroupStoreTest.FailingDisk disk) {
    this.file = file;
    this.disk = disk;
  }

  @Override
  public int write(ByteBuffer src, long position) throws IOException {
    try {
      disk.step(disk.failsWrites(), "write");
    } catch (IOException e) {
      ByteBuffer half = src.duplicate();
      half.limit(src.position() + src.remaining() / 2);
      file.write(half, position);
      throw e;
    }
    return file.write(src, position);
  }

  @Override
  public void force(boolean metaData) throws IOException {
    disk.step(disk.failsForces(), "force");
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    disk.step(false, "truncate");
    file.truncate(size);
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
