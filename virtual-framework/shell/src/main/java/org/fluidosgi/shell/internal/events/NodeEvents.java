package org.fluidosgi.shell.internal.events;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;
import org.fluidosgi.registry.View;
import org.fluidosgi.shell.internal.events.GroupEvent.Kind;

/** Nodes that join, leave, fall silent and are heard again; and how nodes are called, also those that have left.
 * Invariant: a node is told when its record has a number, which a new one gets a moment after it joined, and once.
 * Limit: one entry per node ever seen while it listens. Threads: told on the node's task queue; names from any. */
final class NodeEvents implements Sink, Membership.Listener {
  private final GroupListening to;
  private final Map<NodeId, Known> known = new ConcurrentHashMap<>();
  private final Set<NodeId> present = ConcurrentHashMap.newKeySet();
  private volatile Set<NodeId> silent;
  private volatile boolean complete;

  /** What a node's record says. */
  private record Known(String label, String name, String address, boolean numbered) {
    static Known of(RegistryRecord record) {
      Map<String, Object> told = record.attributes();
      String name = String.valueOf(told.get("name"));
      boolean numbered = told.get("ordinal") instanceof Number number && number.longValue() > 0;
      return new Known(
          numbered ? "n" + told.get("ordinal") : name,
          name,
          String.valueOf(told.get("address")),
          numbered);
    }
  }

  /** Shape: {@code silent} are those that are so already. */
  NodeEvents(GroupListening to, Set<NodeId> silent) {
    this.to = to;
    this.silent = Set.copyOf(silent);
  }

  /** Its short name: its number, or the beginning of its UUID. */
  String label(NodeId id) {
    Known node = known.get(id);
    return node == null ? id.toString().substring(0, 8) : node.label;
  }

  @Override
  public void added(RegistryRecord record) {
    NodeId id = record.id().owner();
    Known now = Known.of(record);
    known.put(id, now);
    present.add(id);
    if (complete && now.numbered) {
      tell("JOINED", id, now);
    }
  }

  @Override
  public void modified(RegistryRecord record, RegistryRecord before) {
    NodeId id = record.id().owner();
    Known now = Known.of(record);
    Known last = known.put(id, now);
    if (complete && now.numbered && (last == null || !last.label.equals(now.label))) {
      tell(last == null || !last.numbered ? "JOINED" : "RENUMBERED", id, now);
    }
  }

  @Override
  public void removed(RegistryRecord record) {
    NodeId id = record.id().owner();
    Known now = Known.of(record);
    present.remove(id);
    if (complete && now.numbered) {
      tell("LEFT", id, now);
    }
  }

  @Override
  public void complete(long epoch) {
    complete = true;
    to.complete();
  }

  @Override
  public void onView(View view) {} // the records tell it, with names

  @Override
  public void onSuspected(Set<NodeId> suspected) {
    Set<NodeId> before = silent;
    silent = Set.copyOf(suspected);
    if (complete) {
      changed("SUSPECTED", suspected, before);
      changed("TRUSTED", before, suspected);
    }
  }

  /** Of those that are only in the first set; one that has left is told elsewhere. */
  private void changed(String event, Set<NodeId> these, Set<NodeId> those) {
    for (NodeId id : these) {
      Known node = known.get(id);
      if (node != null && !those.contains(id) && present.contains(id)) {
        tell(event, id, node);
      }
    }
  }

  private void tell(String event, NodeId id, Known node) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", node.name);
    facts.put("address", node.address);
    facts.put("id", id.toString());
    to.tell(Kind.NODE, node.label, event, node.name + " " + node.address, facts, Map.of());
  }
}
