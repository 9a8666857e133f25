package org.fluidosgi.groupstore.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.internal.core.FileGroupStore;
import org.jspecify.annotations.Nullable;

/** Each node keeps entries of its own, in a file. Threads: the disk thread. */
final class FileKind implements StoreKind {
  private final LocalNode local;
  private final Path folder;
  private @Nullable FileGroupStore store;

  FileKind(LocalNode local, Path folder) {
    this.local = local;
    this.folder = folder;
  }

  @Override
  public GroupStore open(Executor diskThread) throws IOException {
    if (Files.exists(folder.resolve("raft.log"))) {
      throw new IOException(
          folder + " holds an agreed group store: set fluid.group.store=agreed, or"
              + " move the folder away to begin with an empty store");
    }
    FileGroupStore opened =
        FileGroupStore.open(local.info().name(), folder, diskThread, local.env());
    store = opened;
    return opened;
  }

  @Override
  public void close() {
    FileGroupStore toClose = store;
    store = null;
    if (toClose != null) {
      toClose.close();
    }
  }
}
