package org.fluidosgi.framework.internal.group;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.framework.internal.group.RemoteRights.Right;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.BundleException;

class RemoteRightsTest {
  private static final NodeInfo ADA = node("ada");
  private static final NodeInfo BOB = node("bob");

  private static NodeInfo node(String name) {
    return new NodeInfo(
        new NodeId(UUID.nameUUIDFromBytes(name.getBytes())),
        new Incarnation(UUID.randomUUID(), 1),
        name,
        new NodeAddress("127.0.0.1", 9278));
  }

  private static RemoteRights rights(Map<String, String> settings) {
    return new RemoteRights("here", new Settings(settings::get));
  }

  @Test
  void everybodyMayUnlessItIsSaidOtherwise() {
    RemoteRights rights = rights(Map.of("fluid.remote.install", "none"));
    for (Right right : Right.values()) {
      if (right == Right.INSTALL) {
        BundleException refused =
            assertThrows(BundleException.class, () -> rights.check(right, ADA));
        assertEquals(BundleException.SECURITY_ERROR, refused.getType());
        String said = refused.getMessage();
        assertTrue(said.contains("ada (" + ADA.id() + ") may not install bundles on here"), said);
        assertTrue(said.contains("fluid.remote.install is none"), said);
      } else {
        assertDoesNotThrow(() -> rights.check(right, ADA));
      }
    }
  }

  @Test
  void nodesAreNamedByNameOrId() {
    RemoteRights rights = rights(
        Map.of("fluid.remote.stop", "ada , x", "fluid.remote.start", BOB.id().toString()));
    assertDoesNotThrow(() -> rights.check(Right.STOP, ADA));
    assertThrows(BundleException.class, () -> rights.check(Right.STOP, BOB));
    assertDoesNotThrow(() -> rights.check(Right.START, BOB));
    assertThrows(BundleException.class, () -> rights.check(Right.START, ADA));
  }

  @ParameterizedTest
  @ValueSource(strings = {"all,ada", "ada,none", "ada,,bob", ","})
  void whatCannotBeMeantIsRefused(String value) {
    IllegalArgumentException refused = assertThrows(
        IllegalArgumentException.class, () -> rights(Map.of("fluid.remote.update", value)));
    assertTrue(
        refused.getMessage().startsWith("fluid.remote.update=" + value + ":"),
        refused.getMessage());
  }
}
