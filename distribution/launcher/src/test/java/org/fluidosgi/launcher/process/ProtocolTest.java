package org.fluidosgi.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class ProtocolTest {
  @Test
  void marksAndTakesApart() {
    assertEquals(
        new Protocol.Line(Protocol.Kind.READY, "", "127.0.0.1:9278"),
        Protocol.parse(Protocol.ready("127.0.0.1:9278")));
    assertEquals(
        new Protocol.Line(Protocol.Kind.OUT, "7", "  two words "),
        Protocol.parse(Protocol.output("7", "  two words ")));
    assertEquals(
        new Protocol.Line(Protocol.Kind.OUT, "7", ""), Protocol.parse(Protocol.output("7", "")));
    assertEquals(new Protocol.Line(Protocol.Kind.OK, "7", ""), Protocol.parse(Protocol.ok("7")));
    assertEquals(
        new Protocol.Line(Protocol.Kind.ERROR, "7", "no such thing"),
        Protocol.parse(Protocol.error("7", "no such thing")));
    assertEquals("@7 fluid:nodes", Protocol.command("7", "fluid:nodes"));
  }

  @Test
  void leavesOtherLinesAlone() {
    assertNull(Protocol.parse("ok 7"));
    assertNull(Protocol.parse(""));
    assertNull(Protocol.parse("\u0004"));
    assertNull(Protocol.parse("\u0004what 7"));
  }
}
