package org.fluidosgi.launcher.internal.host;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.fluidosgi.launcher.internal.LauncherException;
import org.fluidosgi.launcher.internal.NodeOptions;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.FrameworkWiring;

/** The framework of this process.
 * Shape: storage in DIR/osgi, kept between runs because virtual bundles live in it. Threads: any may stop it. */
final class HostFramework {
  private static final Logger LOG = Logger.getLogger("org.fluidosgi.launcher");
  private static final long STOP_MILLIS_MAX = 10_000;

  private final Framework framework;
  private final AtomicBoolean stopping = new AtomicBoolean();

  private HostFramework(Framework framework) {
    this.framework = framework;
  }

  static HostFramework create(NodeOptions options) throws LauncherException {
    Map<String, String> properties = new HashMap<>(options.properties());
    properties.put(Constants.FRAMEWORK_STORAGE, options.data().resolve("osgi").toString());
    properties.putIfAbsent("felix.log.level", "1");
    ServiceLoader<FrameworkFactory> factories =
        ServiceLoader.load(FrameworkFactory.class, HostFramework.class.getClassLoader());
    FrameworkFactory factory = factories
        .findFirst()
        .orElseThrow(
            () -> new LauncherException("no framework in the " + options.framework() + " jar"));
    HostFramework host = new HostFramework(factory.newFramework(properties));
    try {
      host.framework.init();
    } catch (BundleException e) {
      throw new LauncherException(
          "the framework cannot use " + options.data().resolve("osgi") + " ("
              + LauncherException.reason(e) + "): give another --data",
          e);
    }
    host.context().addFrameworkListener(HostFramework::log);
    return host;
  }

  BundleContext context() {
    return framework.getBundleContext();
  }

  void start() throws LauncherException {
    try {
      framework.start();
    } catch (BundleException e) {
      throw new LauncherException("the framework did not start: " + LauncherException.reason(e), e);
    }
  }

  /** Name and version for people. */
  String product() {
    return framework.getSymbolicName() + " " + framework.getVersion() + ", Java "
        + Runtime.version().feature();
  }

  /** Resolves anew what earlier runs left wired to bundles that are replaced now. */
  void refresh() throws LauncherException {
    FrameworkWiring wiring = framework.adapt(FrameworkWiring.class);
    if (wiring.getRemovalPendingBundles().isEmpty()) {
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    wiring.refreshBundles(null, event -> {
      if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
        done.countDown();
      }
    });
    try {
      if (!done.await(STOP_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        LOG.warning("refreshing replaced bundles takes more than " + STOP_MILLIS_MAX / 1000 + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LauncherException("interrupted", e);
    }
  }

  /** Starts them in that order. Errors: the first of ours that does not start, by name and reason; a library is only logged. */
  void startAll(List<Bundle> bundles) throws LauncherException {
    for (Bundle bundle : bundles) {
      try {
        start(bundle);
      } catch (BundleException e) {
        if (StartOrder.ours(bundle)) {
          throw new LauncherException(
              bundle.getSymbolicName() + " did not start: " + LauncherException.reason(e), e);
        }
        LOG.log(ProcessLog.FILE_ONLY, bundle.getSymbolicName() + " did not start", e);
      }
    }
  }

  /** Starts it for this run only: the launcher decides at each start what runs and when. */
  static void start(Bundle bundle) throws BundleException {
    if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null) {
      bundle.start(Bundle.START_TRANSIENT | Bundle.START_ACTIVATION_POLICY);
    }
  }

  /** Waits until somebody has stopped the framework. */
  void awaitStop() throws LauncherException {
    try {
      framework.waitForStop(0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LauncherException("interrupted", e);
    }
  }

  /** Stops the framework, once, and waits for it at most {@value #STOP_MILLIS_MAX} ms.
   * A later caller waits too: a shutdown hook that returned would end the process while the bundles are stopping. */
  void stop() {
    try {
      if (stopping.compareAndSet(false, true)) {
        framework.stop();
      }
      FrameworkEvent event = framework.waitForStop(STOP_MILLIS_MAX);
      if (event.getType() == FrameworkEvent.WAIT_TIMEDOUT) {
        LOG.warning("the framework did not stop within " + STOP_MILLIS_MAX / 1000 + " s");
      }
    } catch (BundleException e) {
      LOG.log(Level.WARNING, "the framework did not stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void log(FrameworkEvent event) {
    Throwable problem = event.getThrowable();
    if (event.getType() == FrameworkEvent.ERROR || event.getType() == FrameworkEvent.WARNING) {
      LOG.log(
          Level.WARNING,
          "framework event of bundle " + event.getBundle().getSymbolicName(),
          problem);
    }
  }
}
