package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.ContextElsewhere;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.fluidosgi.framework.internal.core.Change;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.fluidosgi.framework.internal.core.Message;
import org.fluidosgi.framework.internal.core.Op;
import org.fluidosgi.framework.internal.resources.JarEntries;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** What is done with bundles of other nodes: sent there, or, for what is in their content, done with a copy of it here.
 * Threads: any; operations on another node block. */
final class RemoteOperations implements RemoteBundle.Remote {
  private static final Logger LOG = System.getLogger("org.fluidosgi.framework");

  private final LocalBundles local;
  private final Contents contents;
  private final OpClient client;
  private final ContentTransfer transfer;
  private final AskedChanges asked;
  private final BundleEvents events;
  private final Copies copies;
  private final Executor later;
  private @Nullable GroupTables tables;

  RemoteOperations(
      LocalBundles local,
      Contents contents,
      OpClient client,
      ContentTransfer transfer,
      AskedChanges asked,
      BundleEvents events,
      Copies copies,
      Executor later) {
    this.local = local;
    this.contents = contents;
    this.client = client;
    this.transfer = transfer;
    this.asked = asked;
    this.events = events;
    this.copies = copies;
    this.later = later;
  }

  /** Set once, before there is any bundle: the tables make bundles whose operations come here. */
  void tables(GroupTables of) {
    tables = of;
  }

  /** What is known of other nodes. Errors: IllegalStateException before there is anything. */
  GroupTables others() {
    GroupTables known = tables;
    if (known == null) {
      throw new IllegalStateException("the virtual framework is not open");
    }
    return known;
  }

  /** What a node tells of a bundle. Errors: BundleException when that makes no sense. */
  static BundleFacts facts(Map<String, Object> attributes, String what) throws BundleException {
    try {
      return BundleFacts.from(attributes);
    } catch (IllegalArgumentException e) {
      throw new BundleException(what + ": malformed answer: " + e.getMessage(), e);
    }
  }

  @Override
  public ServiceReference<?> @Nullable [] services(RemoteBundle bundle) {
    return local
        .contexts()
        .services("(" + Constants.SERVICE_BUNDLEID + "=" + bundle.getBundleId() + ")");
  }

  @Override
  public ServiceReference<?> @Nullable [] inUse(RemoteBundle bundle) throws BundleException {
    String what = what("services used by", bundle);
    Object answer = client
        .call(bundle.node(), Op.USES, Map.of("id", bundle.getBundleId()), what)
        .get("services");
    String ids = answer instanceof List<?> list
        ? list.stream()
            .filter(Long.class::isInstance)
            .map(id -> "(" + Constants.SERVICE_ID + "=" + id + ")")
            .collect(Collectors.joining())
        : "";
    return ids.isEmpty() ? null : local.contexts().services("(|" + ids + ")");
  }

  /** The virtual bundles of other nodes that use the service of that id. */
  List<VirtualBundle> users(long serviceId) {
    List<CompletableFuture<List<VirtualBundle>>> asked = others().nodes().stream()
        .map(node -> client
            .ask(node.info().id(), Op.USERS, Map.of("service", serviceId))
            .thenApply(this::known)
            .exceptionally(failure -> silent(node, failure))
            .toCompletableFuture())
        .toList();
    return asked.stream().flatMap(each -> each.join().stream()).toList();
  }

  private List<VirtualBundle> known(Map<String, Object> answer) {
    return answer.get("bundles") instanceof List<?> ids
        ? ids.stream()
            .filter(Long.class::isInstance)
            .<VirtualBundle>map(id -> others().byId((Long) id))
            .filter(Objects::nonNull)
            .toList()
        : List.of();
  }

  private static List<VirtualBundle> silent(VirtualNode node, Throwable failure) {
    LOG.log(Level.DEBUG, "users of a service on " + node.name() + " are not known", failure);
    return List.of();
  }

  @Override
  public JarEntries entries(RemoteBundle bundle) throws IOException {
    return JarEntries.read(contents.read(Contents.BY_HASH + bundle.sha256()).file());
  }

  @Override
  public Bundle copy(RemoteBundle bundle) throws BundleException {
    for (LocalBundle each : local.all()) {
      if (each.sha256().equals(bundle.sha256())) {
        return each.host();
      }
    }
    String what = "content of " + bundle.id() + " " + bundle.getSymbolicName() + " on "
        + local.node().name();
    try {
      return copies.of(contents.read(Contents.BY_HASH + bundle.sha256()));
    } catch (IOException e) {
      throw new BundleException(what + ": " + HostErrors.cause(e), e);
    } catch (BundleException e) {
      throw new BundleException(what + ": " + HostErrors.cause(e), e.getType(), e);
    }
  }

  /** Resolves it on its node; what it lacks there, empty when it is resolved. */
  String resolve(RemoteBundle bundle) throws BundleException {
    Map<String, Object> question = Map.of("id", bundle.getBundleId());
    String what = what("resolve", bundle);
    Map<String, Object> answer = client.call(bundle.node(), Op.RESOLVE, question, what);
    bundle.apply(bundle.node(), facts(answer, what), null);
    return Message.value(answer, "missing", String.class);
  }

  @Override
  public String missing(Bundle copy) throws BundleException {
    return copies.missing(copy);
  }

  /** Copies of content that no bundle of another node has any more go. */
  void tidyCopies() {
    copies.retain(
        others().bundles().stream().map(RemoteBundle::sha256).collect(Collectors.toSet()));
  }

  @Override
  public ContextElsewhere context(RemoteBundle bundle) {
    return local.contexts().contextOf(bundle);
  }

  @Override
  public void ended(ContextElsewhere context) {
    context.invalidate();
    later.execute(context::close);
  }

  void tellInOrder(Runnable telling) {
    events.tell(telling);
  }

  @Override
  public void changed(RemoteBundle bundle) {
    events.changed(bundle, others().shown(bundle));
  }

  @Override
  public BundleFacts start(RemoteBundle bundle, int options) throws BundleException {
    return act(Op.START, "start", bundle, Map.of("options", options));
  }

  @Override
  public BundleFacts stop(RemoteBundle bundle, int options) throws BundleException {
    return act(Op.STOP, "stop", bundle, Map.of("options", options));
  }

  private BundleFacts act(Op op, String verb, RemoteBundle bundle, Map<String, Object> more)
      throws BundleException {
    String what = what(verb, bundle);
    Map<String, Object> order = new LinkedHashMap<>(more);
    order.put("id", bundle.getBundleId());
    try {
      return facts(client.call(bundle.node(), op, order, what), what);
    } catch (BundleException e) {
      lookAgain(bundle, e);
      throw e;
    }
  }

  /** Who was refused by the node sees what it left the bundle in, as at its own framework. */
  private void lookAgain(RemoteBundle bundle, BundleException refused) {
    if (refused instanceof UnknownEffectException) {
      return; // it does not answer
    }
    String what = what("look at", bundle);
    Map<String, Object> question = Map.of("location", bundle.getLocation());
    try {
      Map<String, Object> found = client.call(bundle.node(), Op.LOOKUP, question, what);
      if (!found.isEmpty()) {
        bundle.apply(bundle.node(), facts(found, what), null);
      }
    } catch (BundleException e) {
      LOG.log(Level.DEBUG, "its record will tell", e);
    }
  }

  private static String what(String verb, RemoteBundle bundle) {
    return verb + " " + bundle.id() + " " + bundle.getSymbolicName();
  }

  @Override
  public BundleFacts update(RemoteBundle bundle, @Nullable InputStream stream)
      throws BundleException {
    String what = what("update", bundle);
    try {
      String from = stream == null ? bundle.getHeaders("").get("Bundle-UpdateLocation") : null;
      Content content = stream == null
          ? contents.read(from == null ? bundle.getLocation() : from)
          : contents.store().add(stream);
      Map<String, Object> order = Map.of("purpose", "update", "id", bundle.getBundleId());
      return asked
          .ask(
              bundle.node(),
              Change.Kind.UPDATE,
              bundle.getLocation(),
              order,
              what,
              full -> transfer.send(bundle.node(), content, full, what))
          .orElse(bundle.facts()); // its record will tell
    } catch (BundleException e) {
      lookAgain(bundle, e);
      throw e;
    } catch (IOException e) {
      throw new BundleException(
          what + " on " + bundle.node().name() + ": " + HostErrors.cause(e), e);
    }
  }

  @Override
  public void uninstall(RemoteBundle bundle) throws BundleException {
    String what = what("uninstall", bundle);
    asked.ask(
        bundle.node(),
        Change.Kind.UNINSTALL,
        bundle.getLocation(),
        Map.of("id", bundle.getBundleId()),
        what,
        full -> client.call(bundle.node(), Op.UNINSTALL, full, what));
    others().uninstalled(bundle.node().info().id(), bundle.facts());
  }

  @Override
  public Map<String, String> headers(RemoteBundle bundle, String locale) throws BundleException {
    String what = what("headers of", bundle);
    Map<String, Object> question = Map.of("id", bundle.getBundleId(), "locale", locale);
    Object answer = client.call(bundle.node(), Op.HEADERS, question, what).get("headers");
    Map<String, String> headers = new LinkedHashMap<>();
    if (answer instanceof Map<?, ?> map) {
      map.forEach((key, value) -> headers.put(String.valueOf(key), String.valueOf(value)));
    }
    return headers;
  }
}
