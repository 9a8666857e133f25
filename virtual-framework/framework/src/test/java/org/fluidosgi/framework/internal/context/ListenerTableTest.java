package org.fluidosgi.framework.internal.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One view per listener, by identity. */
class ListenerTableTest {
  private final ListenerTable<Object> table = new ListenerTable<>(listener -> new Object());
  private final List<Object> host = new ArrayList<>();

  @Test
  void secondAddUsesTheSameView() {
    Object listener = new Object();
    table.<RuntimeException>add(listener, host::add);
    table.<RuntimeException>add(listener, host::add);
    assertSame(host.get(0), host.get(1));
    table.<RuntimeException>remove(listener, host::remove);
    table.<RuntimeException>remove(listener, view -> host.clear());
    assertEquals(1, host.size());
  }

  @Test
  void equalListenersAreDifferentOnes() {
    table.<RuntimeException>add(new ArrayList<>(), host::add);
    table.<RuntimeException>add(new ArrayList<>(), host::add);
    assertNotSame(host.get(0), host.get(1));
  }

  @Test
  void failedAddLeavesNothingNewAndKeepsWhatThereWas() {
    Object listener = new Object();
    assertThrows(
        IllegalStateException.class,
        () -> table.<IllegalStateException>add(listener, view -> {
          throw new IllegalStateException("refused");
        }));
    table.<RuntimeException>remove(listener, host::add);
    assertEquals(List.of(), host);

    table.<RuntimeException>add(listener, host::add);
    assertThrows(
        IllegalStateException.class,
        () -> table.<IllegalStateException>add(listener, view -> {
          throw new IllegalStateException("refused");
        }));
    table.<RuntimeException>remove(listener, host::remove);
    assertEquals(List.of(), host);
  }

  @Test
  void addThatCrossesARemoveCanStillBeRemoved() {
    Object listener = new Object();
    table.<RuntimeException>add(listener, view -> {
      table.<RuntimeException>remove(listener, host::remove);
      host.add(view);
    });
    table.<RuntimeException>remove(listener, host::remove);
    assertEquals(List.of(), host);
  }
}
