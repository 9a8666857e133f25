package org.fluidosgi.simulation.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;
import org.fluidosgi.registry.View;
import org.jspecify.annotations.Nullable;

/** A subscriber to everything on one node: what a consumer knows, checked against the model after every event that told
 * it something. Every check here holds at every moment, whatever is broken. */
final class Mirror {
  /** How long after a change of the engine a node may drop what living members publish. */
  private static final long SWITCH_NANOS = 10_000_000_000L;

  /** How long a message may be under way: the longest delay of a repeated packet, rounded up. */
  private static final long UNDER_WAY_NANOS = 10_000_000_000L;

  /** What is shown of one owner. */
  private static final class Shown {
    Incarnation life;
    final Map<RecordId, RegistryRecord> records = new HashMap<>();
    long sum;
    long told;
    long least;

    Shown(Incarnation life) {
      this.life = life;
    }
  }

  private final RegistryNode node;
  private final TreeMap<NodeId, Shown> owners = new TreeMap<>();
  private final TreeSet<NodeId> dirty = new TreeSet<>();
  private final List<RegistryRecord> removed = new ArrayList<>();
  private View before;
  private long told;
  private long epoch = -1;

  Mirror(RegistryNode node) {
    this.node = node;
    before = new View(0, List.of(node.id), Set.of());
  }

  /** The subscription to one kind. */
  Sink sink() {
    return new Told();
  }

  /** What is shown now, of all owners. */
  Map<RecordId, RegistryRecord> known() {
    Map<RecordId, RegistryRecord> all = new HashMap<>();
    owners.values().forEach(shown -> all.putAll(shown.records));
    return all;
  }

  @Nullable
  RegistryRecord known(RecordId id) {
    Shown shown = owners.get(id.owner());
    return shown == null ? null : shown.records.get(id);
  }

  long sum(NodeId owner) {
    Shown shown = owners.get(owner);
    return shown == null ? 0 : shown.sum;
  }

  int count(NodeId owner) {
    Shown shown = owners.get(owner);
    return shown == null ? 0 : shown.records.size();
  }

  /** How many events it was told of. */
  long told() {
    return told;
  }

  Set<NodeId> owners() {
    return owners.keySet();
  }

  /** A view was told to a listener of the membership. */
  void viewed(View view) {
    if (view.epoch() <= epoch && epoch >= 0) {
      node.fail("views", "epoch " + view.epoch() + " after " + epoch);
    }
    epoch = view.epoch();
    if (!view.contains(node.id)
        || new HashSet<>(view.members()).size() < view.members().size()) {
      node.fail("views", "a view without this node, or with a member twice: " + Names.of(view));
    }
    owners.forEach((owner, shown) -> {
      if (!view.contains(owner) && !shown.records.isEmpty()) {
        node.fail(
            "only-members",
            "a view without " + Names.of(owner) + " is told before its records went");
      }
    });
    owners.keySet().retainAll(view.members());
    node.dirty();
  }

  /** Called after each event that told something. */
  void check(View view) {
    for (RegistryRecord each : removed) {
      checkRemoval(each, view);
    }
    removed.clear();
    for (NodeId owner : dirty) {
      Shown shown = owners.get(owner);
      if (shown != null && !owner.equals(node.id)) {
        checkShown(owner, shown, view);
      }
    }
    dirty.clear();
    if (node.sum() != sum(node.id)) {
      node.fail("own-records", "shows of itself what it has not published");
    }
    before = view;
  }

  private void checkRemoval(RegistryRecord record, View view) {
    NodeId owner = record.id().owner();
    OwnerModel model = node.run.model(record.incarnation());
    boolean stays = before.contains(owner) && view.contains(owner);
    if (model.isCurrent(record)
        && stays
        && node.sinceSwitch() > SWITCH_NANOS
        && known(record.id()) == null) {
      node.fail("no-lost-record", "removed " + record.id() + " which its owner still publishes");
    }
  }

  private void checkShown(NodeId owner, Shown shown, View view) {
    OwnerModel model = node.run.model(shown.life);
    if (shown.records.isEmpty() && (!model.alive() || node.sinceSwitch() < SWITCH_NANOS)) {
      shown.told = 0;
      shown.least = 0;
      return; // a later life, or a new engine: all of it went, more is to come
    }
    if (!view.contains(owner)) {
      node.fail(
          "only-members",
          "shows records of " + Names.of(owner) + " which is not in view " + Names.of(view));
    }
    OwnerModel.Span span = model.span(shown.sum);
    if (span == null) {
      node.fail(
          "true-state",
          "shows " + shown.records.size() + " records of " + Names.of(owner)
              + " that it never had together");
    } else if (span.last() < shown.least) {
      node.fail(
          "no-going-back",
          "shows of " + Names.of(owner) + " its write " + span.last() + " after its write "
              + shown.least);
    } else {
      shown.least = Math.max(shown.least, span.first());
    }
  }

  private Shown shown(RegistryRecord record) {
    dirty.add(record.id().owner());
    node.dirty();
    Shown shown =
        owners.computeIfAbsent(record.id().owner(), any -> new Shown(record.incarnation()));
    if (!shown.life.equals(record.incarnation())) {
      if (!shown.records.isEmpty()) {
        node.fail("one-life", "shows two lives of " + Names.of(record.id().owner()));
      }
      shown.life = record.incarnation();
      shown.told = 0;
      shown.least = 0;
    }
    return shown;
  }

  private final class Told implements Sink {
    private boolean complete;

    @Override
    public void added(RegistryRecord record) {
      node.trace("+", record);
      Shown shown = shown(record);
      told++;
      if (node.run.sinceEnd(record.incarnation()) > UNDER_WAY_NANOS
          && node.process.sinceHang() > UNDER_WAY_NANOS) {
        node.fail("no-resurrection", record.id() + " of a life that is long over is back");
      }
      if (shown.records.put(record.id(), record) != null) {
        node.fail("events", record.id() + " was added twice");
      }
      add(shown, record);
    }

    @Override
    public void modified(RegistryRecord record, RegistryRecord was) {
      node.trace("~", record);
      Shown shown = shown(record);
      told++;
      if (shown.records.put(record.id(), record) != was || !complete) {
        node.fail("events", record.id() + " was modified from what was not told");
      }
      shown.sum -= Content.hash(was);
      add(shown, record);
    }

    private void add(Shown shown, RegistryRecord record) {
      shown.sum += Content.hash(record);
      if (record.scope() == RegistryRecord.Scope.LOCAL) {
        if (!record.id().owner().equals(node.id)) {
          node.fail("scopes", record.id() + " is local to its owner");
        }
      } else {
        if (record.seq() <= shown.told) {
          node.fail(
              "order",
              "write " + record.seq() + " of " + Names.of(record.id().owner()) + " told after "
                  + shown.told);
        }
        shown.told = record.seq();
      }
      if (!Content.isWhole(record)) {
        node.fail("content", record.id() + " is not what was published: " + record.attributes());
      }
    }

    @Override
    public void removed(RegistryRecord record) {
      node.trace("-", record);
      Shown shown = shown(record);
      told++;
      if (shown.records.remove(record.id()) != record) {
        node.fail("events", record.id() + " was removed, not known like that");
      }
      shown.sum -= Content.hash(record);
      removed.add(record);
      if (record.id().owner().equals(node.id)
          && Leaves.isOne(record.id().name())
          && node.model.alive()) {
        node.leases.gone(record);
      }
    }

    @Override
    public void complete(long at) {
      if (complete) {
        node.fail("events", "a second mark");
      }
      complete = true;
    }
  }
}
