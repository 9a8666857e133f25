package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.IncomingCall;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.StreamHandler;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.fluidosgi.framework.internal.core.Failures;
import org.fluidosgi.framework.internal.core.KeyedTasks;
import org.fluidosgi.framework.internal.core.Message;
import org.fluidosgi.framework.internal.core.Op;
import org.fluidosgi.framework.internal.core.OrdinalTable;
import org.fluidosgi.framework.internal.core.OrdinalTable.NotDecidedException;
import org.fluidosgi.framework.internal.core.Verdicts.Question;
import org.fluidosgi.framework.internal.group.RemoteRights.Right;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** Serves endpoint {@code framework}: what other nodes ask this one to do.
 * Threads: called on the network loop, which only decodes and queues; operations run on {@code fluid-framework-op} threads, those of one
 * bundle or one stream one after another. Errors: answered as type and message, never thrown. */
final class OpServer implements StreamHandler {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");

  /** Services used by one bundle, and bundles that use one service, that are told. */
  private static final int SERVICES_MAX = 10_000;

  private final LocalBundles bundles;
  private final LocalChanges changes;
  private final Contents contents;
  private final OrdinalTable ordinals;
  private final KeyedTasks tasks;
  private final Transfers transfers;
  private final RemoteRights rights;
  private final Function<LocalBundle, BundleFacts> facts;

  OpServer(
      LocalBundles bundles,
      LocalChanges changes,
      Contents contents,
      OrdinalTable ordinals,
      KeyedTasks tasks,
      RemoteRights rights,
      Function<LocalBundle, BundleFacts> facts) {
    this.bundles = bundles;
    this.changes = changes;
    this.contents = contents;
    this.ordinals = ordinals;
    this.tasks = tasks;
    this.rights = rights;
    this.facts = facts;
    this.transfers = new Transfers(contents.store());
  }

  @Override
  public CompletionStage<ByteBuffer> onRequest(
      ChannelStream stream, IncomingCall call, ByteBuffer request) {
    CompletionStage<ByteBuffer> answer;
    try {
      byte code = Message.code(request);
      Op op = Op.of(code)
          .orElseThrow(() -> new IllegalArgumentException(
              "unknown operation " + code + ": run the same Fluid OSGi version on all nodes"));
      LOG.log(Level.TRACE, "{0} from {1}", op, call.caller());
      answer = serve(op, stream, call, request);
    } catch (BundleException | IllegalArgumentException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    return answer.exceptionally(OpServer::refusal);
  }

  private CompletionStage<ByteBuffer> serve(
      Op op, ChannelStream stream, IncomingCall call, ByteBuffer request) throws BundleException {
    return switch (op) {
      case ORDINAL -> ordinal(call, Message.attributes(request));
      case LOOKUP -> lookup(call, Message.attributes(request));
      case BEGIN -> begin(stream, call, Message.attributes(request));
      case CHUNK -> {
        long offset = Message.offset(request);
        yield queue(
            stream,
            call,
            () -> done(Map.of("received", transfers.append(stream, offset, request))));
      }
      case COMMIT -> commit(stream, call);
      case START, STOP -> act(op, call, Message.attributes(request));
      case UNINSTALL -> uninstall(call, Message.attributes(request));
      case HEADERS -> headers(call, Message.attributes(request));
      case FETCH -> fetch(call, Message.attributes(request));
      case USES -> uses(call, Message.attributes(request));
      case RESOLVE -> resolve(call, Message.attributes(request));
      case USERS -> users(call, Message.attributes(request));
    };
  }

  private <T> CompletionStage<T> queue(Object key, IncomingCall call, Callable<T> task) {
    return unlessGivenUp(call, tasks.run(key, task));
  }

  private static <T> CompletionStage<T> unlessGivenUp(
      IncomingCall call, CompletableFuture<T> result) {
    // A caller that gave up while the task waited is not served any more.
    call.whenCancelled().thenRun(() -> result.cancel(false));
    return result;
  }

  private CompletionStage<ByteBuffer> ordinal(IncomingCall call, Map<String, Object> question) {
    NodeId node = call.caller().id();
    UUID group = UUID.fromString(Message.value(question, "group", String.class));
    int last = Message.value(question, "ordinal", Integer.class);
    return ordinals
        .assign(node, group, last)
        .thenApply(
            given -> done(Map.of("group", given.group().toString(), "ordinal", given.ordinal())))
        .exceptionally(OpServer::undecided);
  }

  private static ByteBuffer undecided(Throwable failure) {
    Throwable cause = Failures.cause(failure);
    if (cause instanceof NotDecidedException) {
      return done(Map.of("undecided", HostErrors.oneLine(String.valueOf(cause.getMessage()))));
    }
    throw new CompletionException(cause);
  }

  private CompletionStage<ByteBuffer> lookup(IncomingCall call, Map<String, Object> question) {
    String location = Message.value(question, "location", String.class);
    return queue(location, call, () -> {
      LocalBundle known = bundles.byLocation(location);
      return done(
          known == null || known.inDoubt() ? Map.of() : facts.apply(known).toAttributes());
    });
  }

  private CompletionStage<ByteBuffer> begin(
      ChannelStream stream, IncomingCall call, Map<String, Object> order) throws BundleException {
    boolean update = Message.value(order, "purpose", String.class).equals("update");
    rights.check(update ? Right.UPDATE : Right.INSTALL, call.caller());
    String sha256 = Message.value(order, "sha256", String.class);
    long size = Message.value(order, "size", Long.class);
    Question asked = asked(order);
    Transfers.Order what = update
        ? new Transfers.Update(VirtualId.of(Message.value(order, "id", Long.class)), asked)
        : new Transfers.Install(Message.value(order, "location", String.class), asked);
    return queue(
        stream, call, () -> done(Map.of("have", transfers.begin(stream, what, sha256, size))));
  }

  private CompletionStage<ByteBuffer> commit(ChannelStream stream, IncomingCall call) {
    return queue(stream, call, () -> transfers.finish(stream)).thenCompose(complete -> {
      Transfers.Order order = complete.order();
      Object key = order instanceof Transfers.Update update
          ? update.id()
          : ((Transfers.Install) order).location();
      return unlessGivenUp(call, tasks.runStage(key, () -> carryOut(order, complete.content())));
    });
  }

  private CompletionStage<ByteBuffer> carryOut(Transfers.Order order, Content content)
      throws BundleException {
    CompletionStage<LocalBundle> changed = order instanceof Transfers.Update update
        ? changes.update(find(update.id()), content, update.asked())
        : changes.install(
            ((Transfers.Install) order).location(), content, ((Transfers.Install) order).asked());
    return changed.thenApply(bundle -> done(facts.apply(bundle).toAttributes()));
  }

  /** The question that the asking node may give up when it hears no answer; null from one that cannot. */
  private static @Nullable Question asked(Map<String, Object> order) {
    return order.containsKey("change")
        ? new Question(
            UUID.fromString(Message.value(order, "change", String.class)),
            UUID.fromString(Message.value(order, "group", String.class)),
            Message.value(order, "asked", Long.class))
        : null;
  }

  private CompletionStage<ByteBuffer> uninstall(IncomingCall call, Map<String, Object> order)
      throws BundleException {
    rights.check(Right.UNINSTALL, call.caller());
    VirtualId id = VirtualId.of(Message.value(order, "id", Long.class));
    Question asked = asked(order);
    return unlessGivenUp(
        call,
        tasks.runStage(
            id,
            () -> changes
                .uninstall(find(id), asked)
                .thenApply(bundle -> done(facts.apply(bundle).toAttributes()))));
  }

  private CompletionStage<ByteBuffer> act(Op op, IncomingCall call, Map<String, Object> order)
      throws BundleException {
    rights.check(op == Op.START ? Right.START : Right.STOP, call.caller());
    VirtualId id = VirtualId.of(Message.value(order, "id", Long.class));
    int options = Message.value(order, "options", Integer.class);
    return queue(id, call, () -> {
      LocalBundle bundle = find(id);
      if (op == Op.START) {
        bundle.start(options);
      } else {
        bundle.stop(options);
      }
      return done(facts.apply(bundle).toAttributes());
    });
  }

  private LocalBundle find(VirtualId id) throws BundleException {
    LocalBundle bundle = bundles.byId(id);
    if (bundle == null) {
      throw new BundleException(
          "bundle " + id + " is not on " + bundles.node().name() + " (any more): see fluid:bundles",
          BundleException.INVALID_OPERATION);
    }
    return bundle;
  }

  private CompletionStage<ByteBuffer> headers(IncomingCall call, Map<String, Object> question) {
    VirtualId id = VirtualId.of(Message.value(question, "id", Long.class));
    String locale = Message.value(question, "locale", String.class);
    return queue(id, call, () -> {
      Dictionary<String, String> all = find(id).host().getHeaders(locale.isEmpty() ? null : locale);
      Map<String, String> map = new LinkedHashMap<>();
      for (var keys = all.keys(); keys.hasMoreElements(); ) {
        String key = keys.nextElement();
        map.put(key, all.get(key));
      }
      return done(Map.of("headers", map));
    });
  }

  private CompletionStage<ByteBuffer> resolve(IncomingCall call, Map<String, Object> question) {
    VirtualId id = VirtualId.of(Message.value(question, "id", Long.class));
    return queue(id, call, () -> {
      LocalBundle bundle = find(id);
      String missing = HostErrors.oneLine(bundles.missing(bundle));
      Map<String, Object> answer = new LinkedHashMap<>(facts.apply(bundle).toAttributes());
      answer.put("missing", missing);
      return done(answer);
    });
  }

  private CompletionStage<ByteBuffer> uses(IncomingCall call, Map<String, Object> question) {
    VirtualId id = VirtualId.of(Message.value(question, "id", Long.class));
    return queue(id, call, () -> {
      ServiceReference<?>[] used = find(id).wrapper().getServicesInUse();
      List<Long> ids = used == null
          ? List.of()
          : Arrays.stream(used)
              .map(each -> each.getProperty(Constants.SERVICE_ID))
              .filter(Long.class::isInstance)
              .map(Long.class::cast)
              .limit(SERVICES_MAX)
              .toList();
      return done(Map.of("services", ids));
    });
  }

  private CompletionStage<ByteBuffer> users(IncomingCall call, Map<String, Object> question) {
    long service = Message.value(question, "service", Long.class);
    return queue(call, call, () -> {
      List<Long> ids = bundles.contexts().users(service).stream()
          .map(VirtualBundle::getBundleId)
          .limit(SERVICES_MAX)
          .toList();
      return done(Map.of("bundles", ids));
    });
  }

  private CompletionStage<ByteBuffer> fetch(IncomingCall call, Map<String, Object> question) {
    String sha256 = Message.value(question, "sha256", String.class);
    long offset = Message.value(question, "offset", Long.class);
    return queue(call, call, () -> {
      Content content = contents
          .store()
          .find(sha256)
          .orElseThrow(() -> new BundleException(bundles.node().name() + " has no such content"));
      if (offset < 0 || offset > content.size()) {
        throw new IOException("offset " + offset + " is not in 0.." + content.size());
      }
      ByteBuffer piece =
          ByteBuffer.allocate((int) Math.min(ContentTransfer.CHUNK_BYTES, content.size() - offset));
      try (FileChannel from = FileChannel.open(content.file(), StandardOpenOption.READ)) {
        while (piece.hasRemaining() && from.read(piece, offset + piece.position()) >= 0) {
          // until the piece is full or the file ends
        }
      }
      return Message.chunk(Message.DONE, content.size(), piece.flip());
    });
  }

  @Override
  public void onClose(ChannelStream stream) {
    tasks.run(stream, () -> {
      transfers.abandon(stream);
      return true;
    });
  }

  private static ByteBuffer done(Map<String, ?> attributes) {
    return Message.of(Message.DONE, attributes);
  }

  private static ByteBuffer refusal(Throwable failure) {
    Throwable cause = Failures.cause(failure);
    int type =
        cause instanceof BundleException bundle ? bundle.getType() : BundleException.UNSPECIFIED;
    // BundleExceptions of ours are worded already.
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return Message.of(Message.FAILED, Map.of("type", type, "message", HostErrors.oneLine(message)));
  }
}
