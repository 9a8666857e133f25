package org.fluidosgi.clusterinfo.internal;

import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.framework.dto.FrameworkDTO;
import org.osgi.framework.dto.ServiceReferenceDTO;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.startlevel.dto.BundleStartLevelDTO;
import org.osgi.framework.startlevel.dto.FrameworkStartLevelDTO;
import org.osgi.service.clusterinfo.FrameworkNodeStatus;

/** This framework, to be looked at and managed from any node.
 * Threads: any. Errors: IllegalArgumentException for an id or filter that names nothing; what the framework throws passes.
 * Source: chapter 148, section FrameworkNodeStatus. */
final class FrameworkStatus implements FrameworkNodeStatus {
  private final BundleContext system;

  /** Shape: the context of bundle 0, so that bundles installed here outlive ours. */
  FrameworkStatus(BundleContext system) {
    this.system = system;
  }

  @Override
  public Map<String, Object> getMetrics(String... names) {
    return Metrics.read(names);
  }

  @Override
  public BundleDTO getBundle(long id) {
    return describe(bundle(id));
  }

  @Override
  public Map<String, String> getBundleHeaders(long id) {
    return new TreeMap<>(FrameworkUtil.asMap(bundle(id).getHeaders()));
  }

  @Override
  public Collection<BundleDTO> getBundles() {
    return Arrays.stream(system.getBundles())
        .map(FrameworkStatus::describe)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  @Override
  public BundleStartLevelDTO getBundleStartLevel(long id) {
    return adapt(bundle(id), BundleStartLevelDTO.class);
  }

  @Override
  public int getBundleState(long id) {
    return bundle(id).getState();
  }

  @Override
  public FrameworkStartLevelDTO getFrameworkStartLevel() {
    return adapt(system.getBundle(), FrameworkStartLevelDTO.class);
  }

  @Override
  public ServiceReferenceDTO getServiceReference(long id) {
    return services().stream()
        .filter(service -> service.id == id)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no service " + id));
  }

  @Override
  public Collection<ServiceReferenceDTO> getServiceReferences() {
    return new ArrayList<>(services());
  }

  @Override
  public Collection<ServiceReferenceDTO> getServiceReferences(String filter) {
    ServiceReference<?>[] found;
    try {
      found = system.getAllServiceReferences(null, filter);
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException("'" + filter + "' is no filter: " + e.getMessage(), e);
    }
    Set<Object> ids = found == null
        ? Set.of()
        : Arrays.stream(found)
            .map(reference -> reference.getProperty(Constants.SERVICE_ID))
            .collect(Collectors.toSet());
    return services().stream()
        .filter(service -> ids.contains(service.id))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  @Override
  public BundleDTO installBundle(String location) throws BundleException {
    return describe(system.installBundle(location));
  }

  @Override
  public void setBundleStartLevel(long id, int level) {
    adapt(bundle(id), BundleStartLevel.class).setStartLevel(level);
  }

  @Override
  public void setFrameworkStartLevel(FrameworkStartLevelDTO wanted) {
    FrameworkStartLevel level = adapt(system.getBundle(), FrameworkStartLevel.class);
    level.setInitialBundleStartLevel(wanted.initialBundleStartLevel);
    level.setStartLevel(wanted.startLevel);
  }

  @Override
  public void startBundle(long id) throws BundleException {
    bundle(id).start();
  }

  @Override
  public void startBundle(long id, int options) throws BundleException {
    bundle(id).start(options);
  }

  @Override
  public void stopBundle(long id) throws BundleException {
    bundle(id).stop();
  }

  @Override
  public void stopBundle(long id, int options) throws BundleException {
    bundle(id).stop(options);
  }

  @Override
  public BundleDTO uninstallBundle(long id) throws BundleException {
    Bundle bundle = bundle(id);
    BundleDTO last = describe(bundle);
    bundle.uninstall();
    last.state = bundle.getState();
    return last;
  }

  @Override
  public BundleDTO updateBundle(long id) throws BundleException {
    Bundle bundle = bundle(id);
    bundle.update();
    return describe(bundle);
  }

  @Override
  public BundleDTO updateBundle(long id, String url) throws Exception {
    Bundle bundle = bundle(id);
    try (InputStream content = new URL(url).openStream()) {
      bundle.update(content);
    }
    return describe(bundle);
  }

  private Bundle bundle(long id) {
    Bundle bundle = system.getBundle(id);
    if (bundle == null) {
      throw new IllegalArgumentException("there is no bundle " + id);
    }
    return bundle;
  }

  private List<ServiceReferenceDTO> services() {
    return adapt(system.getBundle(), FrameworkDTO.class).services;
  }

  private static BundleDTO describe(Bundle bundle) {
    return adapt(bundle, BundleDTO.class);
  }

  private static <T> T adapt(Bundle bundle, Class<T> type) {
    @Nullable T adapted = bundle.adapt(type);
    if (adapted == null) {
      throw new IllegalArgumentException(bundle + " was uninstalled or has no " + type.getName());
    }
    return adapted;
  }
}
