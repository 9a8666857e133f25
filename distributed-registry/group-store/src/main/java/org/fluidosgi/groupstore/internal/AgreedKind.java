package org.fluidosgi.groupstore.internal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.channel.WhilePresent;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.internal.core.ChannelPeers;
import org.fluidosgi.groupstore.internal.core.FileGroupStore;
import org.fluidosgi.groupstore.internal.raft.AgreedGroupStore;
import org.fluidosgi.groupstore.internal.raft.AgreedGroupStore.Options;
import org.fluidosgi.registry.Membership;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/** The nodes of a group keep one store together. Threads: the disk thread opens and closes; what arrives comes on the network
 * loop; the fields are guarded by the monitor. */
final class AgreedKind implements StoreKind, ChannelPeers.Upward {
  static final String VOTERS = "fluid.group.voters";
  static final String REPLACE_MILLIS = "fluid.group.replace.millis";
  static final String ALONE_MILLIS = "fluid.group.alone.millis";
  static final String TIMEOUT_MILLIS = "fluid.group.timeout.millis";

  /** Least limit of a frame: the longest message, of eight log entries with the longest values. */
  static final int FRAME_BYTES_MIN = 10 * 1024 * 1024;

  private static final int LEAVE_SECONDS_MAX = 6;

  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  private final BundleContext context;
  private final LocalNode local;
  private final ChannelMultiplexer multiplexer;
  private final Path folder;
  private final Options options;
  private final ChannelPeers peers;
  private @Nullable AgreedGroupStore store;
  private @Nullable Registration serving;
  private @Nullable Registration views;

  /** Errors: IllegalArgumentException when a setting is wrong. */
  AgreedKind(BundleContext context, LocalNode local, ChannelMultiplexer multiplexer, Path folder) {
    this.context = context;
    this.local = local;
    this.multiplexer = multiplexer;
    this.folder = folder;
    options = options(local.settings());
    peers = new ChannelPeers(multiplexer, this);
  }

  private static Options options(Settings settings) {
    int frame = settings.number(
        "fluid.channel.frame.bytes.max", 16 * 1024 * 1024, 64 * 1024, 256 * 1024 * 1024);
    if (frame < FRAME_BYTES_MIN) {
      throw new IllegalArgumentException("fluid.channel.frame.bytes.max=" + frame
          + ": an agreed group store needs at least " + FRAME_BYTES_MIN);
    }
    return new Options(
        settings.number(VOTERS, 3, 1, 7),
        settings.millis(REPLACE_MILLIS, 60_000, 1_000, 86_400_000),
        settings.millis(ALONE_MILLIS, 10_000, 0, 600_000),
        settings.millis(TIMEOUT_MILLIS, 10_000, 500, 600_000));
  }

  @Override
  public GroupStore open(Executor diskThread) throws IOException {
    String node = local.info().name();
    AgreedGroupStore made = new AgreedGroupStore(
        new AgreedGroupStore.Place(
            node, local.info().id(), folder, local.env(), diskThread, local.env(), peers),
        options);
    Path earlier = folder.resolve(FileGroupStore.file());
    boolean imports = !AgreedGroupStore.isIn(folder) && Files.exists(earlier);
    synchronized (this) {
      store = made;
    }
    made.open(imports ? FileGroupStore.content(folder) : List.of());
    if (imports) {
      Files.move(
          earlier,
          folder.resolve(earlier.getFileName() + ".imported"),
          StandardCopyOption.REPLACE_EXISTING);
      LOG.log(Level.INFO, "{0}: took over the entries of {1}", node, earlier);
    }
    Registration served = multiplexer.serve(ChannelPeers.ENDPOINT, peers);
    Registration followed =
        WhilePresent.open(context, Membership.class, membership -> membership.listen(made::onView));
    synchronized (this) {
      serving = served;
      views = followed;
    }
    return made;
  }

  private synchronized @Nullable AgreedGroupStore store() {
    return store;
  }

  @Override
  public void message(NodeId from, byte[] message) {
    AgreedGroupStore to = store();
    if (to != null) {
      to.onMessage(from, message);
    }
  }

  @Override
  public CompletionStage<byte[]> request(NodeId from, byte[] request) {
    AgreedGroupStore to = store();
    return to == null
        ? CompletableFuture.failedFuture(new IllegalStateException("the group store has stopped"))
        : to.onRequest(from, request);
  }

  @Override
  public void leave() {
    AgreedGroupStore leaving = store();
    if (leaving != null) {
      try {
        leaving.leave().get(LEAVE_SECONDS_MAX, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException e) {
        LOG.log(Level.DEBUG, local.info().name() + ": it did not leave the voters", e);
      }
    }
  }

  @Override
  public void close() {
    AgreedGroupStore toClose;
    Registration served;
    Registration followed;
    synchronized (this) {
      toClose = store;
      served = serving;
      followed = views;
      store = null;
      serving = null;
      views = null;
    }
    if (followed != null) {
      followed.close();
    }
    if (served != null) {
      served.close();
    }
    peers.close();
    if (toClose != null) {
      toClose.close();
    }
  }
}
