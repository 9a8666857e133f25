package org.fluidosgi.itests.guest.commands;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.event.EventHandler;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.service.metatype.ObjectClassDefinition;

/** The commands of scope {@code guest}, and what they tell of: an event handler and a managed service.
 * Threads: any. */
public final class Commands implements EventHandler, ManagedService {
  static final String PID = "org.fluidosgi.itests.guest";

  private final BundleContext context;
  private final List<String> topics = new CopyOnWriteArrayList<>();
  private volatile @Nullable Dictionary<String, ?> configuration;

  Commands(BundleContext context) {
    this.context = context;
  }

  @Override
  public void handleEvent(Event event) {
    topics.add(event.getTopic());
  }

  @Override
  public void updated(@Nullable Dictionary<String, ?> properties) {
    configuration = properties;
  }

  /** {@code post <topic>}: sends an event and waits for its handlers. */
  public String post(String topic) {
    return with(EventAdmin.class, admin -> {
      admin.sendEvent(new Event(topic, Map.of()));
      return "sent";
    });
  }

  /** {@code topics}: the topics of the events that were handled here. */
  public List<String> topics() {
    return List.copyOf(topics);
  }

  /** {@code configure <colour>}: makes this node's configuration of the managed service. */
  public String configure(String colour) {
    return with(ConfigurationAdmin.class, admin -> {
      admin.getConfiguration(PID, "?").update(new Hashtable<>(Map.of("colour", colour)));
      return "configured";
    });
  }

  /** {@code colour}: what the managed service was given. */
  public String colour() {
    Dictionary<String, ?> given = configuration;
    return given == null ? "none" : String.valueOf(given.get("colour"));
  }

  /** {@code metatype}: the default that this bundle's metatype tells for its colour. */
  public String metatype() {
    return with(MetaTypeService.class, types -> {
      ObjectClassDefinition found =
          types.getMetaTypeInformation(context.getBundle()).getObjectClassDefinition(PID, null);
      return found.getAttributeDefinitions(ObjectClassDefinition.ALL)[0].getDefaultValue()[0];
    });
  }

  private <S> String with(Class<S> type, Use<S> use) {
    ServiceReference<S> reference = context.getServiceReference(type);
    S service = reference == null ? null : context.getService(reference);
    if (reference == null || service == null) {
      return "no " + type.getSimpleName() + " here";
    }
    try {
      return use.of(service);
    } catch (IOException e) {
      return "failed: " + e;
    } finally {
      context.ungetService(reference);
    }
  }

  /** What is done with a service; answers a line. */
  private interface Use<S> {
    String of(S service) throws IOException;
  }
}
