package org.fluidosgi.shell.internal.events;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;
import org.fluidosgi.shell.internal.ServiceRow;
import org.fluidosgi.shell.internal.events.GroupEvent.Kind;
import org.jspecify.annotations.Nullable;

/** Services that nodes share, and share no more.
 * Threads: told on the node's task queue; only notes. */
final class ServiceEvents implements Sink {
  private static final String SERVICE = "fluid.service.id"; // protocol-framework, section 5
  private static final String BUNDLE = "fluid.bundle.id";

  private final GroupListening to;
  private final NodeEvents nodes;
  private volatile boolean complete;

  ServiceEvents(GroupListening to, NodeEvents nodes) {
    this.to = to;
    this.nodes = nodes;
  }

  @Override
  public void added(RegistryRecord record) {
    tell("REGISTERED", record);
  }

  @Override
  public void modified(RegistryRecord record, RegistryRecord before) {
    tell("MODIFIED", record);
  }

  @Override
  public void removed(RegistryRecord record) {
    tell("UNREGISTERED", record);
  }

  @Override
  public void complete(long epoch) {
    complete = true;
    to.complete();
  }

  private void tell(String event, RegistryRecord record) {
    if (!complete) {
      return;
    }
    Map<String, Object> told = record.attributes();
    List<String> interfaces = texts(told.get("objectClass"));
    String id = id(told.get(SERVICE));
    String bundle = id(told.get(BUNDLE));
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("id", id);
    facts.put("interfaces", interfaces);
    facts.put("bundle", bundle);
    String subject = (id == null ? "-" : id) + " " + ServiceRow.shortNames(interfaces)
        + (bundle == null ? "" : " of " + bundle);
    to.tell(Kind.SERVICE, nodes.label(record.id().owner()), event, subject, facts, told);
  }

  private static @Nullable String id(@Nullable Object told) {
    try {
      return told instanceof Long number && number != 0 ? VirtualId.of(number).toString() : null;
    } catch (IllegalArgumentException e) {
      return null; // written by anybody, no id of a group
    }
  }

  private static List<String> texts(@Nullable Object value) {
    if (value instanceof Object[] names) {
      return List.of(names).stream().map(String::valueOf).toList();
    }
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }
}
