package org.fluidosgi.channel.internal.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.Settings;

/** Where the node listens and what it tells others about that.
 * Shape: {@code port} is empty when any port near {@link #PORT} will do. */
public record Binding(
    InetAddress host, Optional<Integer> port, boolean insecure, Optional<String> advertised) {
  public static final int PORT = 9278;

  /** Ports tried after {@link #PORT}. */
  public static final int PORTS_MORE = 100;

  /** Binds one port. */
  @FunctionalInterface
  public interface Listener {
    int listen(InetAddress host, int port) throws IOException;
  }

  /** Errors: IllegalArgumentException in one line: key, value, what to do. */
  public static Binding read(Settings settings) {
    String host = settings.text("fluid.bind.address", "127.0.0.1");
    boolean insecure = settings.flag("fluid.insecure", false);
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "fluid.bind.address=" + host + ": no such host; use an address of this machine", e);
    }
    if (!address.isLoopbackAddress() && !insecure) {
      throw new IllegalArgumentException("fluid.bind.address=" + host
          + " is reached from other machines, and TLS is still to come; use 127.0.0.1, or"
          + " fluid.insecure=true on a network that you trust");
    }
    Optional<Integer> port = settings.text("fluid.port").isPresent()
        ? Optional.of(settings.number("fluid.port", PORT, 0, 65_535))
        : Optional.empty();
    return new Binding(address, port, insecure, settings.text("fluid.advertised.address"));
  }

  /** Binds the port, or the first free one. Errors: IOException naming port and remedy. */
  public int bind(Listener listener) throws IOException {
    if (port.isPresent()) {
      try {
        return listener.listen(host, port.get());
      } catch (IOException e) {
        throw new IOException(
            "cannot listen on " + host.getHostAddress() + " port " + port.get()
                + " (fluid.port): " + e.getMessage()
                + "; stop what uses it, choose another, or leave fluid.port unset for a free one",
            e);
      }
    }
    IOException last = null;
    for (int tried = PORT; tried <= PORT + PORTS_MORE; tried++) {
      try {
        return listener.listen(host, tried);
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IOException(
        "no free port in " + PORT + ".." + (PORT + PORTS_MORE) + " on " + host.getHostAddress()
            + "; set fluid.port",
        last);
  }

  /** The address told to others. Errors: IllegalArgumentException when it cannot be reached from elsewhere. */
  public NodeAddress advertise(int boundPort) {
    NodeAddress address = advertised
        .map(text -> parse(text, boundPort))
        .orElseGet(() -> new NodeAddress(host.getHostAddress(), boundPort));
    if (isWildcard(address.host())) {
      throw new IllegalArgumentException(
          "the advertised address " + address
              + " names no machine; set fluid.advertised.address to the host name or address by which others reach this one");
    }
    return address;
  }

  /** What is doubtful about an advertised address; empty when nothing is known to be. Names are not looked up. */
  public Optional<String> doubt(NodeAddress address) {
    boolean loopback = isLoopback(address.host());
    if (loopback && !host.isLoopbackAddress()) {
      return Optional.of("listens on " + host.getHostAddress() + ", but advertises " + address
          + ", which only this machine reaches; set fluid.advertised.address to the host name or"
          + " address by which others reach this one");
    }
    if (!loopback && host.isLoopbackAddress()) {
      return Optional.of("advertises " + address + ", but listens on " + host.getHostAddress()
          + ", which only this machine reaches; unless something forwards it, set"
          + " fluid.bind.address or leave fluid.advertised.address unset");
    }
    return Optional.empty();
  }

  private static boolean isLoopback(String host) {
    if (!isLiteral(host)) {
      return host.equalsIgnoreCase("localhost");
    }
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // advertise() has refused it
    }
  }

  private static boolean isLiteral(String host) {
    return host.matches("[0-9.]+") || host.indexOf(':') >= 0;
  }

  private static NodeAddress parse(String text, int boundPort) {
    try {
      boolean hasPort = text.matches(".*[^:]:\\d+")
          && (text.indexOf(':') == text.lastIndexOf(':') || text.contains("]"));
      return hasPort
          ? NodeAddress.parse(text)
          : new NodeAddress(text.replaceAll("^\\[|]$", ""), boundPort);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "fluid.advertised.address=" + text + ": expected host or host:port; " + e.getMessage(),
          e);
    }
  }

  private static boolean isWildcard(String host) {
    if (!isLiteral(host)) {
      return false; // a name: not looked up here, others may know it
    }
    try {
      return InetAddress.getByName(host).isAnyLocalAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "fluid.advertised.address: '" + host + "' is no address", e);
    }
  }
}
