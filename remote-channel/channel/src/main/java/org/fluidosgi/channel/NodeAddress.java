package org.fluidosgi.channel;

/** Where a node is reached: host name or literal, and TCP port.
 * Shape: port 1..65535; IPv6 literals in brackets when written as text. Threads: immutable. */
public record NodeAddress(String host, int port) {
  public NodeAddress {
    if (host == null || host.isBlank()) {
      throw new IllegalArgumentException("an address needs a host");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not in 1..65535");
    }
  }

  /** The address written as {@code host:port} or {@code [v6]:port}.
   * Errors: IllegalArgumentException naming the text and the expected form. */
  public static NodeAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("'" + text + "' is no address: write host:port");
    }
    String host = text.substring(0, colon).trim();
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port;
    try {
      port = Integer.parseInt(text.substring(colon + 1).trim());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address: the port is no number, write host:port", e);
    }
    return new NodeAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
