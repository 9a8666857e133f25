package org.fluidosgi.itests.probe.api;

/** Greets, at once or after a while. */
public interface Greeting {
  /** A greeting that names the service it comes from. */
  String greet(String name);

  /** The same, after that time inside the service. Shape: milliseconds. */
  String hold(long millis) throws InterruptedException;
}
