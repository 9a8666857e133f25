package org.fluidosgi.jgroups.internal.jgroups;

import java.util.concurrent.ThreadFactory;

/** Makes daemon threads of that name that hold this bundle's loader and no user's. */
record NamedThread(String name) implements ThreadFactory {
  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.setContextClassLoader(NamedThread.class.getClassLoader());
    return thread;
  }
}
