package org.fluidosgi.itests.conformance.api;

/** A service to look up, call and lose. */
public interface Greeter {
  /** A greeting with both names in it. */
  String greet(String whom);
}
