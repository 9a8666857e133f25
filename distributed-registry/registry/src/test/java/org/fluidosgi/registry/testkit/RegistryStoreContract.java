package org.fluidosgi.registry.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What every store promises. An implementation extends this and says how a store that writes and one that reads are made. */
public abstract class RegistryStoreContract extends StreamContract {
  @Test
  void readerHearsOfAdditionChangeAndRemoval() {
    get(writer.publish(publication("a", 1)));
    simulation.advance(SPREAD);
    follow();
    get(writer.publish(publication("b", 1)));
    get(writer.publish(publication("a", 2)));
    get(writer.publish(publication("a", 2)));
    get(writer.withdraw("k", "b"));
    get(writer.withdraw("k", "b"));
    simulation.advance(SPREAD);
    assertEquals(List.of("+a", "!", "+b", "~a", "-b"), sink.events);
  }
}
