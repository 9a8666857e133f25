package org.fluidosgi.itests.conformance.internal;

/** One promise of an interface, and how it is looked at. */
record Row(String name, Check check) {
  /** Errors: AssertionError, or anything else, when the promise is not kept. */
  interface Check {
    void run() throws Exception;
  }
}
