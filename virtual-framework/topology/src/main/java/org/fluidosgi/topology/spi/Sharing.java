package org.fluidosgi.topology.spi;

import java.util.Arrays;
import java.util.List;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** What services that do not ask for export have in them for other nodes, whoever decides to share them.
 * Threads: any; does not block. Source: architecture section 3, what is shared. */
public final class Sharing {
  /** Property by which a service says how far it goes: {@code local} to the end of its node, {@code group} beyond its node's region. */
  public static final String SCOPE = "fluid.scope";

  /** It stays on its node, unless it asks for export. */
  public static final String LOCAL = "local";

  /** It is for all regions. */
  public static final String GROUP = "group";

  /** Packages of interfaces that are no business of other nodes: extenders and the framework look for them. */
  private static final List<String> PRIVATE_PACKAGES =
      List.of("org.osgi.", "javax.", "jakarta.", "org.apache.felix.", "java.");

  /** Property keys by which a whiteboard takes a service in. */
  private static final List<String> WHITEBOARD_KEYS = List.of(
      "osgi.http.",
      "osgi.jaxrs.",
      "osgi.jakartars.",
      "osgi.command.",
      "event.topics",
      "serviceloader.mediator",
      "jmx.objectname");

  private Sharing() {}

  /** Whether it is for its node only: it says so, or a whiteboard there takes it in. */
  public static boolean staysHere(ServiceReference<?> service) {
    return LOCAL.equals(service.getProperty(SCOPE))
        || Arrays.stream(service.getPropertyKeys())
            .anyMatch(key -> WHITEBOARD_KEYS.stream().anyMatch(key::startsWith));
  }

  /** The names that it is registered under and that may be for other nodes. */
  public static List<String> names(ServiceReference<?> service) {
    return service.getProperty(Constants.OBJECTCLASS) instanceof String[] names
        ? Arrays.stream(names)
            .filter(name -> PRIVATE_PACKAGES.stream().noneMatch(name::startsWith))
            .toList()
        : List.of();
  }
}
