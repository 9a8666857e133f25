package org.fluidosgi.shell.internal;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.shell.internal.gogo.ResultConverter;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;

/** Registers the commands, and the converter that prints their results where Gogo is there. */
@Header(name = "Bundle-Activator", value = "${@class}")
public final class Activator implements BundleActivator {
  private @Nullable ServiceTracker<VirtualFramework, VirtualFramework> framework;
  private @Nullable ViewClock clock;

  @Override
  public void start(BundleContext context) {
    ServiceTracker<VirtualFramework, VirtualFramework> tracker =
        new ServiceTracker<>(context, VirtualFramework.class, null);
    tracker.open();
    framework = tracker;
    ViewClock views = new ViewClock(context, System::nanoTime);
    views.open();
    clock = views;
    Source source = new Source(tracker::getService, views);
    for (Object commands : List.of(new Lists(source), new Verbs(source))) {
      Dictionary<String, Object> properties = new Hashtable<>();
      properties.put("osgi.command.scope", "fluid");
      properties.put(
          "osgi.command.function", commands instanceof Lists ? Lists.NAMES : Verbs.NAMES);
      context.registerService(commands.getClass().getName(), commands, properties);
    }
    try {
      ResultConverter.register(context);
    } catch (NoClassDefFoundError e) {
      System.getLogger("org.fluidosgi.shell")
          .log(System.Logger.Level.DEBUG, "shell: no Gogo here, the commands give plain text");
    }
  }

  @Override
  public void stop(BundleContext context) {
    ViewClock views = clock;
    clock = null;
    if (views != null) {
      views.close();
    }
    ServiceTracker<VirtualFramework, VirtualFramework> tracker = framework;
    framework = null;
    if (tracker != null) {
      tracker.close();
    }
  }
}
