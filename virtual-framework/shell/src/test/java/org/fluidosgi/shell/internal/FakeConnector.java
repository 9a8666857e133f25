package org.fluidosgi.shell.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.ConnectFailedException;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.rsa.connect.ReferenceListener;
import org.fluidosgi.rsa.connect.RemoteCall;
import org.fluidosgi.rsa.connect.RemoteConnection;
import org.fluidosgi.rsa.connect.RemoteConnector;
import org.fluidosgi.rsa.connect.RemoteReference;
import org.osgi.framework.Filter;

/** Connections to a node that leases one service. */
final class FakeConnector implements RemoteConnector {
  private final NodeInfo peer;
  private final List<FakeConnection> connections = new ArrayList<>();
  private boolean refusing;

  FakeConnector(NodeInfo peer) {
    this.peer = peer;
  }

  void lose() {
    connections.forEach(FakeConnection::close);
  }

  void refuse() {
    refusing = true;
  }

  @Override
  public CompletionStage<RemoteConnection> connect(NodeAddress address, Duration limit) {
    if (refusing) {
      return CompletableFuture.failedFuture(new ConnectFailedException(
          ConnectFailedException.Reason.REFUSED, "nobody listens there", null));
    }
    FakeConnection connection = new FakeConnection(address);
    connections.add(connection);
    return CompletableFuture.completedFuture(connection);
  }

  private final class FakeReference implements RemoteReference {
    @Override
    public String endpointId() {
      return "urn:uuid:1";
    }

    @Override
    public List<String> interfaces() {
      return List.of("acme.Order");
    }

    @Override
    public Map<String, Object> properties() {
      return new TreeMap<>(Map.of(
          "colour",
          "blue",
          "tags",
          new String[] {"a", "b"},
          "endpoint.id",
          "x",
          "objectClass",
          "y"));
    }

    @Override
    public Object property(String key) {
      return properties().get(key);
    }

    @Override
    public boolean matches(Filter filter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public NodeInfo peer() {
      return peer;
    }

    @Override
    public boolean isLeased() {
      return true;
    }
  }

  private final class FakeConnection implements RemoteConnection {
    private final NodeAddress address;
    private final CompletableFuture<ChannelException> closed = new CompletableFuture<>();

    FakeConnection(NodeAddress address) {
      this.address = address;
    }

    @Override
    public NodeInfo peer() {
      return peer;
    }

    @Override
    public NodeAddress address() {
      return address;
    }

    @Override
    public boolean isOpen() {
      return !closed.isDone();
    }

    @Override
    public CompletionStage<ChannelException> closed() {
      return closed;
    }

    @Override
    public List<RemoteReference> references() {
      return List.of(new FakeReference());
    }

    @Override
    public List<RemoteReference> references(String filter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<RemoteReference> references(Filter filter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Registration listen(ReferenceListener listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <S> S fetch(RemoteReference reference, Class<S> type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Object fetch(RemoteReference reference) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void release(Object service) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <S, R> CompletionStage<R> call(
        RemoteReference reference, Class<S> type, RemoteCall<? super S, R> call) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      closed.complete(new ChannelException(Scope.STREAM, Effect.NONE, "closed"));
    }
  }
}
