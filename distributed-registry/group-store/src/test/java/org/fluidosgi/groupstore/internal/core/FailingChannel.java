package org.fluidosgi.groupstore.internal.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.fluidosgi.groupstore.testkit.FileAround;

/** A file whose writes and forces fail when the disk says so; a failing write leaves half of its bytes behind.
 * Forcing is only counted: tests do not pull the plug, and need not wait for the disk. */
final class FailingChannel extends FileAround {
  private final FileGroupStoreTest.FailingDisk disk;

  FailingChannel(FileChannel file, FileGroupStoreTest.FailingDisk disk) {
    super(file);
    this.disk = disk;
  }

  @Override
  public int write(ByteBuffer src, long position) throws IOException {
    try {
      disk.step(disk.failsWrites(), "write");
    } catch (IOException e) {
      writeHalf(src, position);
      throw e;
    }
    return super.write(src, position);
  }

  @Override
  public void force(boolean metaData) throws IOException {
    disk.step(disk.failsForces(), "force");
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    disk.step(false, "truncate");
    return super.truncate(size);
  }
}
