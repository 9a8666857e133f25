package org.fluidosgi.jgroups.internal.jgroups;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgroups.util.ThreadFactory;

/** Makes JGroups' threads: daemons of our naming that never hold anybody's context class loader.
 * Threads: any. */
final class FluidThreads implements ThreadFactory {
  private static final String PREFIX = "fluid-jgroups-";

  private final AtomicInteger made = new AtomicInteger();

  @Override
  public Thread newThread(Runnable task) {
    return newThread(task, "pool");
  }

  @Override
  public Thread newThread(Runnable task, String role) {
    String name =
        role == null ? "pool" : role.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    Thread thread = new Thread(task, PREFIX + name + "-" + made.incrementAndGet());
    thread.setDaemon(true);
    thread.setContextClassLoader(FluidThreads.class.getClassLoader());
    return thread;
  }

  @Override
  public boolean useVirtualThreads() {
    return false;
  }

  @Override
  public void setPattern(String pattern) {}

  @Override
  public void setIncludeClusterName(boolean include) {}

  @Override
  public void setClusterName(String name) {}

  @Override
  public void setAddress(String address) {}

  @Override
  public void renameThread(String base, Thread thread) {}
}
