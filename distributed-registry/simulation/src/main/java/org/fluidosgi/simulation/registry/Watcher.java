package org.fluidosgi.simulation.registry;

import java.util.HashMap;
import java.util.Map;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;
import org.jspecify.annotations.Nullable;

/** A subscriber with an interest of its own: what it knows must at each moment be what the mirror knows and it wants. Some
 * throw, some end their subscription from within a call, some publish from within one. */
final class Watcher implements Sink {
  /** What a subscriber does beside listening. */
  enum Manner {
    LISTENS,
    THROWS,
    CLOSES,
    PUBLISHES
  }

  private final RegistryNode node;
  private final String kind;
  private final Wish wish;
  private final Manner manner;
  private final Map<RecordId, RegistryRecord> known = new HashMap<>();
  private @Nullable Registration registration;
  private boolean complete;
  private boolean closed;
  private int calls;

  Watcher(RegistryNode node, String kind, Wish wish, Manner manner) {
    this.node = node;
    this.kind = kind;
    this.manner = manner;
    this.wish = wish;
  }

  void open() {
    registration = node.store.subscribe(wish.in(kind), this);
  }

  void close() {
    closed = true;
    if (registration != null) {
      registration.close();
    }
  }

  boolean closed() {
    return closed;
  }

  @Override
  public void added(RegistryRecord record) {
    called();
    if (known.put(record.id(), record) != null || !matches(record)) {
      node.fail("events", "a subscriber was told of " + record.id() + " twice or unasked");
    }
    act();
  }

  @Override
  public void modified(RegistryRecord record, RegistryRecord before) {
    called();
    if (known.put(record.id(), record) != before || !matches(record) || !complete) {
      node.fail(
          "events", "a subscriber was told of a change of what it does not know: " + record.id());
    }
    act();
  }

  @Override
  public void removed(RegistryRecord record) {
    called();
    if (known.remove(record.id()) != record) {
      node.fail(
          "events", "a subscriber was told that " + record.id() + " went, which it does not know");
    }
    act();
  }

  @Override
  public void complete(long epoch) {
    called();
    if (complete) {
      node.fail("events", "a subscriber was told a second mark");
    }
    complete = true;
  }

  private void called() {
    calls++;
    if (closed) {
      node.fail("events", "a subscriber was told something after its end");
    }
  }

  private boolean matches(RegistryRecord record) {
    return wish.matches(kind, record);
  }

  private void act() {
    switch (manner) {
      case LISTENS -> {}
      case THROWS -> {
        if (calls % 3 == 0) {
          throw new IllegalStateException("a subscriber that fails now and then");
        }
      }
      case CLOSES -> {
        if (calls == 5) {
          close();
        }
      }
      case PUBLISHES -> {
        if (complete && calls % 16 == 0) {
          node.publish(kind, "echo", 0, RegistryRecord.Scope.GROUP, node.run.nextValue());
        }
      }
    }
  }

  /** Between events: knows what it wants, and no more. */
  void check() {
    if (complete && !closed) {
      Map<RecordId, RegistryRecord> wanted = new HashMap<>();
      node.mirror.known().forEach((id, record) -> {
        if (matches(record)) {
          wanted.put(id, record);
        }
      });
      if (!wanted.keySet().equals(known.keySet())
          || wanted.entrySet().stream()
              .anyMatch(each -> known.get(each.getKey()) != each.getValue())) {
        node.fail(
            "subscribers", "a subscriber knows " + known.keySet() + ", not " + wanted.keySet());
      }
    }
  }
}
