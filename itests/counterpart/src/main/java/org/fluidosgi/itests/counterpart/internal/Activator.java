package org.fluidosgi.itests.counterpart.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.itests.conformance.api.Control;
import org.fluidosgi.itests.conformance.api.Greeter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.PrototypeServiceFactory;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** Registers a greeter, a greeter for each bundle, as many greeters as are asked for, and what the suite controls it by; uses its own greeter. */
public final class Activator implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    Greeters greeters = new Greeters(context);
    greeters.register("red", 3);
    context.registerService(Control.class, greeters, null);
    context.registerService(Greeter.class, new PerBundle(), properties("own", -1));
    context.registerService(Greeter.class, new Prototype(), properties("many", -2));
    context.getService(greeters.take("red", false).getReference());
  }

  @Override
  public void stop(BundleContext context) {} // the framework unregisters

  private static Dictionary<String, Object> properties(String colour, int ranking) {
    return new Hashtable<>(Map.of("colour", colour, "service.ranking", ranking));
  }

  private static final class Greeters implements Control {
    private final Map<String, ServiceRegistration<Greeter>> registered = new ConcurrentHashMap<>();
    private final BundleContext context;

    Greeters(BundleContext context) {
      this.context = context;
    }

    ServiceRegistration<Greeter> take(String colour, boolean away) {
      ServiceRegistration<Greeter> found =
          away ? registered.remove(colour) : registered.get(colour);
      if (found == null) {
        throw new IllegalArgumentException("no greeter is " + colour);
      }
      return found;
    }

    @Override
    public void register(String colour, int ranking) {
      Greeter greeter = whom -> colour + " greets " + whom;
      registered.put(
          colour, context.registerService(Greeter.class, greeter, properties(colour, ranking)));
    }

    @Override
    public void recolour(String colour, String now) {
      ServiceRegistration<Greeter> registration = take(colour, true);
      registration.setProperties(properties(now, 0));
      registered.put(now, registration);
    }

    @Override
    public void unregister(String colour) {
      take(colour, true).unregister();
    }

    @Override
    public List<String> find(String filter) {
      try {
        ServiceReference<?>[] found = context.getServiceReferences(Greeter.class.getName(), filter);
        return found == null
            ? List.of()
            : new ArrayList<>(Arrays.stream(found)
                .map(each -> String.valueOf(each.getProperty("colour")))
                .sorted()
                .toList());
      } catch (InvalidSyntaxException e) {
        throw new IllegalArgumentException(e);
      }
    }
  }

  private static final class Prototype implements PrototypeServiceFactory<Greeter> {
    @Override
    public Greeter getService(Bundle client, ServiceRegistration<Greeter> registration) {
      return new Many();
    }

    @Override
    public void ungetService(
        Bundle client, ServiceRegistration<Greeter> registration, Greeter service) {}
  }

  private static final class Many implements Greeter {
    @Override
    public String greet(String whom) {
      return "many greet " + whom;
    }
  }

  private static final class PerBundle implements ServiceFactory<Greeter> {
    @Override
    public Greeter getService(Bundle client, ServiceRegistration<Greeter> registration) {
      return whom -> "own greets " + whom;
    }

    @Override
    public void ungetService(
        Bundle client, ServiceRegistration<Greeter> registration, Greeter service) {}
  }
}
