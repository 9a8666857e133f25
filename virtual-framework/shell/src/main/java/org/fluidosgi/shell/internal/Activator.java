package org.fluidosgi.shell.internal;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.function.Supplier;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.groupstore.GroupVoters;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.rsa.connect.RemoteConnector;
import org.fluidosgi.shell.internal.completion.Completion;
import org.fluidosgi.shell.internal.events.Events;
import org.fluidosgi.shell.internal.gogo.ResultConverter;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;

/** Registers the commands, and the converter that prints their results where Gogo is there. */
@Header(name = "Bundle-Activator", value = "${@class}")
public final class Activator implements BundleActivator {
  private final List<ServiceTracker<?, ?>> trackers = new ArrayList<>();
  private @Nullable ViewClock clock;
  private @Nullable Registration events;

  @Override
  public void start(BundleContext context) {
    ViewClock views = new ViewClock(context, System::nanoTime);
    views.open();
    clock = views;
    Source source = new Source(
        track(context, VirtualFramework.class),
        track(context, RegistryStore.class),
        track(context, Membership.class),
        views);
    List<Object> commands = new ArrayList<>(List.of(
        new Lists(source),
        new Details(source),
        new RegistryLists(source),
        new Members(source),
        new Verbs(source),
        new Voters(track(context, GroupVoters.class), source),
        new Connections(track(context, RemoteConnector.class))));
    register(context, commands.get(0), Lists.NAMES);
    register(context, commands.get(1), Details.NAMES);
    register(context, commands.get(2), RegistryLists.NAMES);
    register(context, commands.get(3), Members.NAMES);
    register(context, commands.get(4), Verbs.NAMES);
    register(context, commands.get(5), Voters.NAMES);
    register(context, commands.get(6), Connections.NAMES);
    try {
      ResultConverter.register(context);
      Events following = new Events(source);
      events = following;
      commands.add(following);
      register(context, following, Events.NAMES);
      new Completion(context, source, commands).register();
    } catch (NoClassDefFoundError e) {
      System.getLogger("org.fluidosgi.shell")
          .log(System.Logger.Level.DEBUG, "shell: no Gogo here, the commands give plain text");
    }
  }

  private <S> Supplier<@Nullable S> track(BundleContext context, Class<S> type) {
    ServiceTracker<S, S> tracker = new ServiceTracker<>(context, type, null);
    tracker.open();
    trackers.add(tracker);
    return tracker::getService;
  }

  private static void register(BundleContext context, Object commands, String[] names) {
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put("osgi.command.scope", "fluid");
    properties.put("osgi.command.function", names);
    context.registerService(commands.getClass().getName(), commands, properties);
  }

  @Override
  public void stop(BundleContext context) {
    Registration following = events;
    events = null;
    if (following != null) {
      following.close();
    }
    ViewClock views = clock;
    clock = null;
    if (views != null) {
      views.close();
    }
    trackers.forEach(ServiceTracker::close);
    trackers.clear();
  }
}
