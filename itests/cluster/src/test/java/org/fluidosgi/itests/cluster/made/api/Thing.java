package org.fluidosgi.itests.cluster.made.api;

/** A service that may be remote. */
public interface Thing {
  /** Its name. */
  String name();
}
