package org.fluidosgi.itests.probe.api;

/** Greets, at once or after a while. */
public interface Greeting {
  /** A greeting that names the service it comes from. */
  String greet(String name);

  /** The same, after that time inside the service. Shape: milliseconds. */
  String hold(long millis) throws InterruptedException;

  /** Takes anything that may travel, and tells its class. */
  String take(Object value);

  /** A new object of that class, which has a constructor without parameters. */
  Object make(String type);
}
