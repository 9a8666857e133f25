package org.fluidosgi.framework;

import java.util.List;
import java.util.Map;
import org.osgi.framework.Version;
import org.osgi.resource.Capability;

/** Who provides what was required, as far as this node knows.
 * Shape: {@code found} holds virtual bundles by id, then host bundles by node and id, then resources of repositories; {@code partial} says that there
 * are members whose bundles are not known yet, or repositories that failed or did not answer in time.
 * Threads: immutable. */
public record Providers(List<Provider> found, boolean partial) {
  public Providers {
    found = List.copyOf(found);
  }

  /** One capability that satisfies the requirement, and where it is. */
  public sealed interface Provider {
    /** Symbolic name of the bundle or resource, empty when it has none. */
    String symbolicName();

    /** Its version. */
    Version version();

    /** Attributes of the capability. */
    Map<String, Object> attributes();
  }

  /** A virtual bundle provides it. */
  public record InVirtualBundle(VirtualBundle bundle, Map<String, Object> attributes)
      implements Provider {
    @Override
    public String symbolicName() {
      String name = bundle.getSymbolicName();
      return name == null ? "" : name;
    }

    @Override
    public Version version() {
      return bundle.getVersion();
    }
  }

  /** An ordinary bundle of that node's host framework provides it, or the framework itself ({@code hostId} 0). */
  public record OnHost(
      VirtualNode node,
      long hostId,
      String symbolicName,
      Version version,
      Map<String, Object> attributes)
      implements Provider {}

  /** A resource of a repository provides it: nothing is installed yet. {@code repository} is its {@code repository.url}, else its
   * {@code service.pid} or {@code service.description}, else {@code repository <service id>}. The resource is {@code capability.getResource()}. */
  public record InRepository(
      String repository, Capability capability, String symbolicName, Version version)
      implements Provider {
    @Override
    public Map<String, Object> attributes() {
      return capability.getAttributes();
    }
  }
}
