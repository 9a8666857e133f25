package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.Providers;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.VirtualService;
import org.fluidosgi.framework.internal.HostBundles;
import org.fluidosgi.framework.internal.ServiceIds;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.fluidosgi.framework.internal.core.Change;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.fluidosgi.framework.internal.core.Op;
import org.fluidosgi.framework.internal.resources.ClassSpace;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.topology.spi.Region;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.resource.Requirement;

/** The group as one framework, put together from this node's bundles and the others' records.
 * Threads: any; look-ups read concurrent tables and never block, operations on another node do. */
final class GroupFramework implements VirtualFramework, HostBundles {
  private static final Pattern NUMBER = Pattern.compile("n?\\d+(:\\d+)?");
  private static final int PREFIX_CHARS_MIN = 4;
  private static final Comparator<VirtualNode> BY_ORDINAL = Comparator.comparingInt(
          (VirtualNode node) -> node.ordinal() == 0 ? Integer.MAX_VALUE : node.ordinal())
      .thenComparing(node -> node.info().id());
  private final LocalBundles local;
  private final Contents contents;
  private final OpClient client;
  private final ContentTransfer transfer;
  private final AskedChanges asked;
  private final ClassSpace classSpace;
  private final RemoteOperations operations;
  private final GroupIndex index;
  private final Region region;

  GroupFramework(
      LocalBundles local,
      Contents contents,
      OpClient client,
      ContentTransfer transfer,
      AskedChanges asked,
      ClassSpace classSpace,
      RemoteOperations operations,
      Region region) {
    this.region = region;
    this.local = local;
    this.operations = operations;
    this.classSpace = classSpace;
    this.contents = contents;
    this.client = client;
    this.transfer = transfer;
    this.asked = asked;
    index = new GroupIndex(local.table(), LocalBundle::wrapper, this::others);
  }

  private GroupTables others() {
    return operations.others();
  }

  @Override
  public List<VirtualNode> nodes() {
    return Stream.concat(Stream.of(localNode()), others().nodes().stream())
        .sorted(BY_ORDINAL)
        .toList();
  }

  @Override
  public VirtualNode localNode() {
    return local.node();
  }

  @Override
  public VirtualNode node(String nameOrId) {
    String text = nameOrId.trim();
    List<VirtualNode> all = nodes();
    List<VirtualNode> found = select(all, node -> node.name().equals(text));
    if (found.isEmpty()) {
      found = select(all, node -> node.ordinal() > 0 && text.equals("n" + node.ordinal()));
    }
    if (found.isEmpty() && text.length() >= PREFIX_CHARS_MIN) {
      String prefix = text.toLowerCase(Locale.ROOT);
      found = select(all, node -> node.info().id().toString().startsWith(prefix));
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new IllegalArgumentException(
        found.isEmpty()
            ? "no node '" + text + "': there are " + names(all)
            : "'" + text + "' names " + names(found) + ": write n<ordinal> or the UUID");
  }

  private static <T> List<T> select(List<T> all, java.util.function.Predicate<T> which) {
    return all.stream().filter(which).toList();
  }

  private static String names(List<VirtualNode> nodes) {
    return nodes.stream()
        .map(node -> "n" + node.ordinal() + " " + node.name())
        .collect(Collectors.joining(", "));
  }

  @Override
  public List<VirtualBundle> bundles() {
    return index.all();
  }

  @Override
  public List<VirtualBundle> all() {
    return bundles();
  }

  @Override
  public Optional<VirtualBundle> bundle(long id) {
    return Optional.ofNullable(byId(id));
  }

  @Override
  public @Nullable VirtualBundle byId(long virtualId) {
    return index.byId(virtualId);
  }

  @Override
  public @Nullable VirtualBundle byLocation(String location, Region of) {
    return index.byLocation(location, of);
  }

  @Override
  public Region region() {
    return region;
  }

  @Override
  public @Nullable VirtualBundle virtualOf(Bundle host) {
    LocalBundle bundle = local.of(host);
    return bundle == null ? null : bundle.wrapper();
  }

  @Override
  public @Nullable VirtualBundle copied(Bundle host) {
    String content = Copies.contentOf(host);
    return content == null
        ? null
        : all().stream()
            .filter(bundle -> bundle.sha256().equals(content))
            .findFirst()
            .orElse(null);
  }

  @Override
  public boolean isVirtual(Bundle host) {
    return local.of(host) != null;
  }

  @Override
  public boolean isInDoubt(Bundle host) {
    LocalBundle bundle = local.of(host);
    return bundle != null && bundle.inDoubt();
  }

  @Override
  public void tellInOrder(Runnable telling) {
    operations.tellInOrder(telling);
  }

  @Override
  public List<VirtualBundle> usersElsewhere(long serviceId) {
    boolean shared = others().endpoints().stream()
        .anyMatch(each -> Objects.equals(each.attributes().get(ServiceIds.SERVICE), serviceId));
    return shared ? operations.users(serviceId) : List.of();
  }

  @Override
  public int ordinal() {
    return local.ordinal();
  }

  @Override
  public VirtualFramework framework() {
    return this;
  }

  @Override
  public VirtualBundle bundle(String idOrName) {
    String text = idOrName.trim();
    List<VirtualBundle> all = bundles();
    List<VirtualBundle> found;
    if (NUMBER.matcher(text).matches() && (text.indexOf(':') > 0 || !text.startsWith("n"))) {
      long id = VirtualId.parse(text).toLong();
      found = select(all, bundle -> bundle.getBundleId() == id);
    } else {
      int slash = text.indexOf('/');
      String name = slash < 0 ? text : text.substring(0, slash);
      String version = slash < 0 ? null : text.substring(slash + 1);
      found = select(
          all,
          bundle -> name.equals(bundle.getSymbolicName())
              && (version == null || version.equals(bundle.getVersion().toString())));
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new IllegalArgumentException(
        found.isEmpty()
            ? "no bundle '" + text + "': there are " + titles(all)
            : "'" + text + "' names " + titles(found) + ": write the id");
  }

  private static String titles(List<VirtualBundle> bundles) {
    return bundles.isEmpty()
        ? "none"
        : bundles.stream()
            .map(bundle -> bundle.id() + " " + bundle.getSymbolicName() + "/" + bundle.getVersion())
            .collect(Collectors.joining(", "));
  }

  @Override
  public BundleContext systemContext() {
    return local.contexts().systemContext();
  }

  @Override
  public List<VirtualService> services() {
    return others().endpoints().stream()
        .map(this::service)
        .sorted(Comparator.comparing(VirtualService::node, BY_ORDINAL)
            .thenComparing(service -> service.id().toLong())
            .thenComparing(VirtualService::endpointId))
        .toList();
  }

  private VirtualService service(RegistryRecord record) {
    Map<String, Object> properties = record.attributes();
    NodeId owner = record.id().owner();
    VirtualNode node = owner.equals(localNode().info().id())
        ? localNode()
        : others()
            .node(owner)
            .orElseGet(() -> others()
                .unknown(
                    owner,
                    record.incarnation(),
                    String.valueOf(properties.get("fluid.channel.address"))));
    Map<String, Object> shown = new LinkedHashMap<>(properties);
    shown.remove("service.bundleid");
    ServiceIds.read(properties.get(ServiceIds.BUNDLE))
        .ifPresent(bundle -> shown.put("service.bundleid", bundle.toLong()));
    // A node without a virtual framework, or not yet of this group, tells no id that holds here.
    VirtualId id = ServiceIds.read(properties.get(ServiceIds.SERVICE))
        .filter(told -> told.ordinal() == node.ordinal())
        .orElse(new VirtualId(node.ordinal(), 0));
    return new VirtualService(
        id,
        node,
        record.id().name(),
        interfaces(properties.get("objectClass")),
        Collections.unmodifiableMap(shown));
  }

  private static List<String> interfaces(@Nullable Object value) {
    if (value instanceof String[] names) {
      return List.of(names);
    }
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  @Override
  public CompletionStage<Providers> findProviders(Requirement requirement) {
    return classSpace.find(this, requirement);
  }

  @Override
  public VirtualBundle install(String location, VirtualNode node) throws BundleException {
    return install(location, null, node);
  }

  @Override
  public VirtualBundle install(String location, @Nullable InputStream stream, VirtualNode node)
      throws BundleException {
    if (node.local() || node.info().id().equals(localNode().info().id())) {
      return install(location, stream);
    }
    try (InputStream given = stream) {
      return installElsewhere(location, given, node);
    } catch (IOException e) {
      throw new BundleException("install " + location + ": " + HostErrors.cause(e), e);
    }
  }

  private VirtualBundle installElsewhere(
      String location, @Nullable InputStream given, VirtualNode node)
      throws BundleException, IOException {
    String what = "install " + location;
    NodeId id = node.info().id();
    VirtualNode target = others()
        .node(id)
        .orElseThrow(() -> new BundleException(
            what + ": node " + node.name() + " left the group: there are " + names(nodes())));
    Map<String, Object> known = client.call(target, Op.LOOKUP, Map.of("location", location), what);
    if (!known.isEmpty()) {
      return others().installed(id, RemoteOperations.facts(known, what));
    }
    Content content =
        given == null ? read(location, what + " on " + target.name()) : contents.take(given);
    Map<String, Object> order = Map.of("purpose", "install", "location", location);
    BundleFacts facts = asked
        .ask(
            target,
            Change.Kind.INSTALL,
            location,
            order,
            what,
            full -> transfer.send(target, content, full, what))
        .orElseThrow(() -> new BundleException(what + " on " + target.name()
            + ": it was installed, but its node does not answer any more: fluid:bundles shows it when"
            + " the node is back"));
    return others().installed(id, facts);
  }

  @Override
  public VirtualBundle place(String location, @Nullable String filter) throws BundleException {
    return place(location, null, filter);
  }

  @Override
  public VirtualBundle place(String location, @Nullable InputStream stream, @Nullable String filter)
      throws BundleException {
    String what = "place " + location + (filter == null ? "" : " on " + filter);
    try (InputStream given = stream) {
      Placement placement = new Placement(nodes(), filter);
      Set<NodeId> matching =
          placement.candidates().stream().map(node -> node.info().id()).collect(Collectors.toSet());
      for (VirtualBundle known : bundles()) {
        if (known.getLocation().equals(location)
            && matching.contains(known.node().info().id())) {
          return known;
        }
      }
      Content content = given == null ? null : contents.take(given);
      for (VirtualNode node : placement.candidates()) {
        VirtualBundle bundle = tryOn(node, location, content, placement);
        if (bundle != null) {
          return bundle;
        }
      }
      throw new BundleException(what + ": no node takes it: " + placement.reasons());
    } catch (IOException e) {
      throw new BundleException(what + ": " + HostErrors.cause(e), e);
    }
  }

  /** Installs it there if it resolves; else takes it back, and notes why. */
  private @Nullable VirtualBundle tryOn(
      VirtualNode node, String location, @Nullable Content content, Placement placement)
      throws BundleException, IOException {
    VirtualBundle bundle;
    try {
      bundle =
          install(location, content == null ? null : Files.newInputStream(content.file()), node);
    } catch (BundleException e) {
      if (e instanceof UnknownEffectException) {
        throw e; // it may be there: another one would be the second
      }
      placement.refused(node, "does not install it: " + HostErrors.cause(e));
      return null;
    }
    String missing = missing(bundle);
    if (missing.isEmpty()) {
      return bundle;
    }
    bundle.uninstall();
    placement.refused(node, "does not resolve it: " + missing);
    return null;
  }

  private String missing(VirtualBundle bundle) throws BundleException {
    if (bundle instanceof RemoteBundle remote) {
      return operations.resolve(remote);
    }
    LocalBundle here = local.byId(bundle.id());
    return here == null ? "it was uninstalled at once" : local.missing(here);
  }

  @Override
  public VirtualBundle install(String location, @Nullable InputStream stream)
      throws BundleException {
    String what = "install " + location + " on " + localNode().name();
    try (InputStream given = stream) {
      LocalBundle known = local.byLocation(location);
      if (known == null || known.inDoubt()) {
        Content content = given == null ? contents.read(location) : contents.take(given);
        LocalChanges changes = local.changes();
        known = changes.await(changes.install(location, content, null), what);
      }
      return known.wrapper();
    } catch (IOException e) {
      throw new BundleException(what + ": " + HostErrors.cause(e), e);
    }
  }

  private Content read(String location, String what) throws BundleException {
    try {
      return contents.read(location);
    } catch (IOException e) {
      throw new BundleException(what + ": " + HostErrors.cause(e), e);
    }
  }
}
