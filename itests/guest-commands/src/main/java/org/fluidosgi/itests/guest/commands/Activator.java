package org.fluidosgi.itests.guest.commands;

import java.util.Dictionary;
import java.util.Hashtable;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.event.EventHandler;

/** Registers the commands, the event handler and the managed service; the framework takes them back at stop. */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class Activator implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    Commands commands = new Commands(context);
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put("osgi.command.scope", "guest");
    properties.put(
        "osgi.command.function",
        new String[] {"post", "topics", "configure", "colour", "metatype"});
    context.registerService(Commands.class, commands, properties);

    Dictionary<String, Object> topics = new Hashtable<>();
    topics.put("event.topics", new String[] {"guest/*", "org/osgi/service/remoteserviceadmin/*"});
    context.registerService(EventHandler.class, commands, topics);

    Dictionary<String, Object> pid = new Hashtable<>();
    pid.put(Constants.SERVICE_PID, Commands.PID);
    context.registerService(ManagedService.class, commands, pid);
  }

  @Override
  public void stop(BundleContext context) {}
}
