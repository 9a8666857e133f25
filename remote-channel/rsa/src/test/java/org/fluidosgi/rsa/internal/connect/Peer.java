package org.fluidosgi.rsa.internal.connect;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.channel.StandaloneNode;
import org.fluidosgi.rsa.FluidChannel;
import org.fluidosgi.rsa.connect.RemoteConnection;
import org.fluidosgi.rsa.internal.call.CallExecutor;
import org.fluidosgi.rsa.internal.call.Caller;
import org.fluidosgi.rsa.internal.call.Dispatcher;
import org.fluidosgi.rsa.internal.call.LoopGuard;
import org.fluidosgi.rsa.internal.call.RemoteInvocation;
import org.fluidosgi.rsa.internal.call.ResultExecutor;
import org.fluidosgi.rsa.internal.call.Routes;
import org.fluidosgi.rsa.internal.call.ServedEndpoint;
import org.fluidosgi.rsa.internal.kryo.KryoCodecFactory;
import org.fluidosgi.rsa.internal.lease.LeaseServer;
import org.fluidosgi.rsa.internal.lease.LeaseSource;
import org.fluidosgi.rsa.internal.lease.LeaseWire;
import org.fluidosgi.rsa.internal.osgi.CodecSpace;
import org.fluidosgi.rsa.internal.osgi.CodecSpaces;
import org.fluidosgi.rsa.spi.Codec;
import org.jspecify.annotations.Nullable;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** A node on loopback with everything of ours but the framework around it: a real channel, real calls, real leases. */
final class Peer implements AutoCloseable, LeaseSource {
  final StandaloneNode node;
  final Lanes lanes = new Lanes();
  final CodecSpaces spaces = new CodecSpaces(List.of());
  final BundleConnector connector;
  private final Connector shared;
  private final CallExecutor executor = new CallExecutor(8, 8);
  private final ResultExecutor results = new ResultExecutor(8);
  private final Dispatcher dispatcher;
  private final LeaseServer leases;
  private final Map<UUID, EndpointDescription> exported = new ConcurrentHashMap<>();

  Peer(Path directory, String name, boolean serves, int leaseMillis) {
    Map<String, String> settings = new HashMap<>();
    settings.put("fluid.data.dir", directory.resolve(name).toString());
    settings.put("fluid.name", name);
    settings.put("fluid.port", "0");
    node = StandaloneNode.open(new Settings(settings::get));
    LoopGuard guard = new LoopGuard();
    KryoCodecFactory codec = new KryoCodecFactory();
    dispatcher = new Dispatcher(executor, guard, node.localNode().env());
    leases = new LeaseServer(this, node.localNode().env(), name, leaseMillis);
    if (serves) {
      node.multiplexer().serve(Caller.ENDPOINT, dispatcher);
      node.multiplexer().serve(LeaseWire.ENDPOINT, leases);
    }
    Caller caller = new Caller(
        node.localNode(), node.multiplexer(), dispatcher, new Routes(() -> null, () -> List.of()));
    RemoteInvocation.Context invocations =
        new RemoteInvocation.Context(caller, node.localNode().env(), results, guard, 20_000);
    shared = new Connector(new Connector.Parts(
        null, node.localNode().env(), node.multiplexer(), spaces, codec, invocations, lanes));
    connector = (BundleConnector) shared.getService(null, null);
  }

  /** Connections that may still be opened. */
  int places() {
    return shared.places().availablePermits();
  }

  NodeInfo info() {
    return node.localNode().info();
  }

  NodeAddress address() {
    return info().address();
  }

  RemoteConnection connect(Peer other) throws Exception {
    return connector.connect(other.address()).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Exports the service under a new id. */
  UUID export(Class<?> type, Object service, Map<String, ?> more) {
    UUID id = UUID.randomUUID();
    export(id, type, service, more);
    return id;
  }

  void export(UUID id, Class<?> type, Object service, Map<String, ?> more) {
    CodecSpace space = spaces.acquire(List.of(type));
    dispatcher.add(
        id,
        new ServedEndpoint(
            new ServedEndpoint.Source() {
              @Override
              public Object service() {
                return service;
              }

              @Override
              public List<Class<?>> interfaces() {
                return List.of(type);
              }

              @Override
              public @Nullable Codec codec(String name) {
                return space.codec(new KryoCodecFactory());
              }
            },
            false));
    describe(id, type, more);
  }

  void describe(UUID id, Class<?> type, Map<String, ?> more) {
    describe(id, type, more, info());
  }

  /** Tells of an endpoint of that node. */
  void describe(UUID id, Class<?> type, Map<String, ?> more, NodeInfo served) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("objectClass", new String[] {type.getName()});
    properties.put("endpoint.id", "urn:uuid:" + id);
    properties.put("service.imported.configs", new String[] {FluidChannel.CONFIG_TYPE});
    properties.put(FluidChannel.NODE, served.id().toString());
    properties.put(FluidChannel.INCARNATION, served.incarnation().counter());
    properties.put(FluidChannel.ADDRESS, served.address().toString());
    exported.put(id, new EndpointDescription(properties));
    leases.changed(id);
  }

  void unexport(UUID id) {
    exported.remove(id);
    dispatcher.remove(id);
    leases.changed(id);
  }

  @Override
  public List<UUID> endpoints() {
    return new ArrayList<>(exported.keySet());
  }

  @Override
  public @Nullable EndpointDescription endpoint(UUID id) {
    return exported.get(id);
  }

  @Override
  public void close() {
    connector.close();
    lanes.close();
    lanes.awaitEnd(4_000);
    node.close();
    executor.close();
    results.close();
    executor.awaitEnd(2_000);
    results.awaitEnd(2_000);
  }
}
