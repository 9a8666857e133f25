package org.fluidosgi.itests.benchmarks;

import java.rmi.NotBoundException;
import java.rmi.Remote;
import java.rmi.RemoteException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.UnicastRemoteObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.itests.benchmarks.api.EchoService;
import org.fluidosgi.itests.benchmarks.api.Order;

/** The JDK's own remote calls. */
final class Rmi {
  /** What RMI asks of an interface. */
  interface RemoteEcho extends Remote {
    int echoInt(int value) throws RemoteException;

    byte[] echoBytes(byte[] data) throws RemoteException;

    Order echoOrder(Order order) throws RemoteException;
  }

  private static final class Server implements RemoteEcho {
    @Override
    public int echoInt(int value) {
      return value;
    }

    @Override
    public byte[] echoBytes(byte[] data) {
      return data;
    }

    @Override
    public Order echoOrder(Order order) {
      return order;
    }
  }

  /** Held here because the RMI run time holds exported objects weakly. */
  private static final List<Object> KEPT = Collections.synchronizedList(new ArrayList<>());

  private Rmi() {}

  static void serve(int port) throws RemoteException {
    System.setProperty("java.rmi.server.hostname", "127.0.0.1");
    Registry registry = LocateRegistry.createRegistry(port);
    Server server = new Server();
    KEPT.add(registry);
    KEPT.add(server);
    registry.rebind("echo", UnicastRemoteObject.exportObject(server, 0));
  }

  static EchoService connect(int port) throws RemoteException, NotBoundException {
    RemoteEcho remote =
        (RemoteEcho) LocateRegistry.getRegistry("127.0.0.1", port).lookup("echo");
    return new EchoService() {
      @Override
      public int echoInt(int value) {
        try {
          return remote.echoInt(value);
        } catch (RemoteException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public byte[] echoBytes(byte[] data) {
        try {
          return remote.echoBytes(data);
        } catch (RemoteException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public Order echoOrder(Order order) {
        try {
          return remote.echoOrder(order);
        } catch (RemoteException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public CompletableFuture<Integer> echoAsync(int value) {
        throw new UnsupportedOperationException("RMI has no asynchronous call");
      }
    };
  }
}
