package org.fluidosgi.groupstore.internal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.GroupVoters;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** The group store of one local node. Threads: opened and closed by the tracker; the file belongs to the thread
 * fluid-group-store-disk, which also registers the service once the file was read; the monitor guards the fields. */
final class GroupStoreNode implements Registration {
  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  /** Name of the folder in the node's data directory. */
  private static final String FOLDER = "group-store";

  private static final int CLOSE_SECONDS_MAX = 5;

  private final BundleContext context;
  private final StoreKind kind;
  private final ExecutorService disk;
  private @Nullable ServiceRegistration<?> registration;
  private boolean closed;

  GroupStoreNode(BundleContext context, LocalNode local, StoreKind kind) {
    this.context = context;
    this.kind = kind;
    disk = Executors.newSingleThreadExecutor(run -> {
      Thread made = new Thread(run, "fluid-group-store-disk");
      made.setDaemon(true);
      return made;
    });
    disk.execute(() -> open(local));
  }

  /** Where that node's store lies. */
  static Path folder(LocalNode local) {
    return local.dataDirectory().resolve(FOLDER);
  }

  private void open(LocalNode local) {
    String node = local.info().name();
    GroupStore opened;
    try {
      opened = kind.open(disk);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, node + ": no group store: " + e.getMessage(), e);
      return;
    }
    synchronized (this) {
      if (closed) {
        return; // close() comes after us on this thread
      }
    }
    ServiceRegistration<?> registered;
    try {
      String[] names = opened instanceof GroupVoters
          ? new String[] {GroupStore.class.getName(), GroupVoters.class.getName()}
          : new String[] {GroupStore.class.getName()};
      registered = context.registerService(names, opened, null);
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, node + ": the bundle stopped while the group store was opened", e);
      return;
    }
    boolean late;
    synchronized (this) {
      registration = registered;
      late = closed;
    }
    if (late) {
      unregister();
    }
  }

  private void unregister() {
    ServiceRegistration<?> toEnd;
    synchronized (this) {
      toEnd = registration;
      registration = null;
    }
    if (toEnd != null) {
      try {
        toEnd.unregister();
      } catch (IllegalStateException e) {
        LOG.log(Level.DEBUG, "the group store was already unregistered", e);
      }
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    unregister();
    kind.leave();
    disk.execute(kind::close);
    disk.shutdown();
    try {
      if (!disk.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
        LOG.log(
            Level.WARNING,
            "the disk of the group store did not answer within " + CLOSE_SECONDS_MAX
                + " s, it is interrupted");
        disk.shutdownNow();
      }
    } catch (InterruptedException e) {
      disk.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
