package org.fluidosgi.shell.internal.events;

import java.util.HashSet;
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
import org.jspecify.annotations.Nullable;

/** Nodes that join, leave, fall silent and are heard again; and how nodes are called, also those that have left.
 * Invariant: a node is told to have joined once, when its record has a number that this node's group gave it: a new one comes with none, or with
 * that of the group it was alone in. Limit: one entry per node seen while it listens. Threads: told on the node's task queue; names from any. */
final class NodeEvents implements Sink, Membership.Listener {
  private final GroupListening to;
  private final NodeId own;
  private final Map<NodeId, Known> known = new ConcurrentHashMap<>();
  private final Map<NodeId, String> told = new ConcurrentHashMap<>();
  private final Set<NodeId> left = new HashSet<>();
  private Set<NodeId> silent;
  private boolean complete;

  /** What a node's record says last. */
  private record Known(long ordinal, String group, String name, String address, boolean there) {
    static Known of(RegistryRecord record, boolean there) {
      Map<String, Object> says = record.attributes();
      return new Known(
          says.get("ordinal") instanceof Number number ? number.longValue() : 0,
          String.valueOf(says.get("group")),
          String.valueOf(says.get("name")),
          String.valueOf(says.get("address")),
          there);
    }

    /** Its number in that group, null when it has none. */
    @Nullable
    String label(String group) {
      return ordinal > 0 && group.equals(this.group) ? "n" + ordinal : null;
    }
  }

  /** Shape: {@code own} is this node, {@code silent} are those that are so already. */
  NodeEvents(GroupListening to, NodeId own, Set<NodeId> silent) {
    this.to = to;
    this.own = own;
    this.silent = Set.copyOf(silent);
  }

  /** Its short name: its number, its name while it has none, or the beginning of its UUID. */
  String label(NodeId id) {
    Known node = known.get(id);
    String unnumbered = node == null ? id.toString().substring(0, 8) : node.name;
    return told.getOrDefault(id, unnumbered);
  }

  @Override
  public void added(RegistryRecord record) {
    put(record);
  }

  @Override
  public void modified(RegistryRecord record, RegistryRecord before) {
    put(record);
  }

  private void put(RegistryRecord record) {
    NodeId id = record.id().owner();
    known.put(id, Known.of(record, true));
    if (complete) {
      if (id.equals(own)) {
        known.keySet().forEach(this::look); // it may belong to another group now
      } else {
        look(id);
      }
    }
  }

  @Override
  public void removed(RegistryRecord record) {
    NodeId id = record.id().owner();
    Known last = Known.of(record, false);
    known.put(id, last);
    if (complete && told.containsKey(id)) {
      tell("LEFT", id, last);
      left.add(id);
    }
  }

  @Override
  public void complete(long epoch) {
    known.forEach((id, node) -> {
      String label = label(node);
      if (label != null) {
        told.put(id, label);
      }
    });
    complete = true;
    to.complete();
  }

  private @Nullable String label(Known node) {
    Known here = known.get(own);
    return here == null ? null : node.label(here.group);
  }

  /** Tells what is new of its number. */
  private void look(NodeId id) {
    Known node = known.get(id);
    String now = node == null || !node.there ? null : label(node);
    if (node != null && now != null) {
      String before = told.put(id, now);
      if (before == null || left.remove(id)) {
        tell("JOINED", id, node);
      } else if (!before.equals(now)) {
        tell("RENUMBERED", id, node);
      }
    }
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
      if (node != null && node.there && !those.contains(id)) {
        tell(event, id, node);
      }
    }
  }

  private void tell(String event, NodeId id, Known node) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", node.name);
    facts.put("address", node.address);
    facts.put("id", id.toString());
    to.tell(Kind.NODE, label(id), event, node.name + " " + node.address, facts, Map.of());
  }
}
