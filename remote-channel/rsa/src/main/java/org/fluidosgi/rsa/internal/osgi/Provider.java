package org.fluidosgi.rsa.internal.osgi;

import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.rsa.FluidChannel;
import org.fluidosgi.rsa.internal.call.Caller;
import org.fluidosgi.rsa.internal.call.Dispatcher;
import org.fluidosgi.rsa.internal.call.RemoteInvocation;
import org.fluidosgi.rsa.internal.call.RemoteTarget;
import org.fluidosgi.rsa.internal.proxy.FactoryLoader;
import org.fluidosgi.rsa.spi.CodecFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ExportReference;
import org.osgi.service.remoteserviceadmin.ImportReference;
import org.osgi.service.remoteserviceadmin.RemoteConstants;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminEvent;

/** The distribution provider of one node: what its exports and imports share. State: none but theirs. Threads: any. */
final class Provider {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");

  /** What the provider is built from. */
  record Parts(
      BundleContext context,
      LocalNode node,
      Dispatcher dispatcher,
      Map<String, CodecFactory> codecs,
      CodecFactory defaultCodec,
      CodecSpaces spaces,
      FactoryLoader factories,
      EventSink events,
      Consumer<UUID> exportChanged) {}

  private final Parts parts;
  private final Caller caller;
  private final RemoteInvocation.Context invocations;
  private final Exports exports = new Exports(this);
  private final Imports imports = new Imports(this);

  /** Shape: {@code caller} makes the caller from this provider, which knows the candidates. */
  Provider(
      Parts parts,
      Function<Provider, Caller> caller,
      Function<Caller, RemoteInvocation.Context> invocations) {
    this.parts = parts;
    this.caller = caller.apply(this);
    this.invocations = invocations.apply(this.caller);
  }

  BundleContext context() {
    return parts.context();
  }

  Map<String, CodecFactory> codecs() {
    return parts.codecs();
  }

  CodecFactory defaultCodec() {
    return parts.defaultCodec();
  }

  CodecSpaces spaces() {
    return parts.spaces();
  }

  FactoryLoader factories() {
    return parts.factories();
  }

  RemoteInvocation.Context invocations() {
    return invocations;
  }

  Dispatcher dispatcher() {
    return parts.dispatcher();
  }

  NodeInfo self() {
    return parts.node().info();
  }

  /** Tells that the endpoint came, went or has another description. */
  void exportChanged(UUID id) {
    parts.exportChanged().accept(id);
  }

  Exports exports() {
    return exports;
  }

  String nodeName() {
    return parts.node().info().name();
  }

  /** Every endpoint that is imported now. */
  Collection<RemoteTarget> targets() {
    return imports.targets();
  }

  // ---- imports

  /** A registration, or null when the configuration type is not ours. */
  @Nullable
  OpenImport open(EndpointDescription endpoint) {
    if (!endpoint.getConfigurationTypes().contains(FluidChannel.CONFIG_TYPE)) {
      return null;
    }
    OpenImport opened;
    try {
      RemoteTarget target = RemoteTarget.of(endpoint);
      caller.learn(target);
      opened = imports.register(endpoint, target);
    } catch (RuntimeException | LinkageError e) {
      opened = new OpenImport(this, endpoint, e);
      LOG.log(
          Level.WARNING,
          nodeName() + ": import of " + endpoint.getId() + " failed: " + e.getMessage());
      announce(RemoteServiceAdminEvent.IMPORT_ERROR, opened.reference(), e);
      return opened;
    }
    announce(RemoteServiceAdminEvent.IMPORT_REGISTRATION, opened.reference(), null);
    return opened;
  }

  /** Points an import at its endpoint's new description. */
  void retarget(SharedImport shared, RemoteTarget target) {
    caller.learn(target);
    imports.retarget(shared, target);
  }

  Imports imports() {
    return imports;
  }

  /** The properties of the proxy's registration. */
  Dictionary<String, Object> serviceProperties(EndpointDescription endpoint) {
    Dictionary<String, Object> properties = new Hashtable<>();
    endpoint.getProperties().forEach((key, value) -> {
      if (!key.startsWith(".")) {
        properties.put(key, value);
      }
    });
    for (String key : List.of(
        Constants.OBJECTCLASS,
        Constants.SERVICE_ID,
        Constants.SERVICE_BUNDLEID,
        Constants.SERVICE_SCOPE)) {
      properties.remove(key);
    }
    Set<String> intents = new LinkedHashSet<>(endpoint.getIntents());
    intents.addAll(ExportProperties.INTENTS);
    properties.put(RemoteConstants.SERVICE_INTENTS, intents.toArray(String[]::new));
    properties.put(RemoteConstants.SERVICE_IMPORTED, "true");
    properties.put(
        RemoteConstants.SERVICE_IMPORTED_CONFIGS, new String[] {FluidChannel.CONFIG_TYPE});
    return properties;
  }

  // ---- events

  void announce(int type, ExportReference reference, @Nullable Throwable failure) {
    parts
        .events()
        .accept(new RemoteServiceAdminEvent(type, context().getBundle(), reference, failure));
  }

  void announce(int type, ImportReference reference, @Nullable Throwable failure) {
    parts
        .events()
        .accept(new RemoteServiceAdminEvent(type, context().getBundle(), reference, failure));
  }
}
