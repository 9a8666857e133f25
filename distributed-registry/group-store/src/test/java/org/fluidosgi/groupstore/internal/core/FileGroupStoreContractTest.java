package org.fluidosgi.groupstore.internal.core;

import java.io.IOException;
import java.nio.file.Path;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.testkit.GroupStoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract on the file of one node. */
class FileGroupStoreContractTest extends GroupStoreContract {
  @TempDir
  Path folder;

  private FileGroupStore store;

  @BeforeEach
  void open() throws IOException {
    store = FileGroupStore.open("n1", folder, Runnable::run, Runnable::run);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  protected GroupStore store() {
    return store;
  }
}
