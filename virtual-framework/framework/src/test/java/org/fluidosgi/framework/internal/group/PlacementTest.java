package org.fluidosgi.framework.internal.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.VirtualNode.State;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static VirtualNode node(int ordinal, State state, int bundles, Object... properties) {
    Map<String, Object> map = new HashMap<>(Map.of("processors", 2));
    for (int i = 0; i < properties.length; i += 2) {
      map.put((String) properties[i], properties[i + 1]);
    }
    NodeInfo info = new NodeInfo(
        new NodeId(new UUID(0, ordinal)),
        new Incarnation(new UUID(1, ordinal), 1),
        "node" + ordinal,
        new NodeAddress("127.0.0.1", 9278));
    return new VirtualNode(ordinal, info, state, ordinal == 1, bundles, map);
  }

  private static List<Integer> order(VirtualNode... nodes) {
    return new Placement(List.of(nodes), null)
        .candidates().stream().map(VirtualNode::ordinal).toList();
  }

  @Test
  void lessBusyNodesComeFirst() {
    VirtualNode busy = node(1, State.UP, 0, "load", 0.9, "memory.free", 900L);
    VirtualNode full = node(2, State.UP, 6, "load", 0.1, "memory.free", 900L);
    VirtualNode tight = node(3, State.UP, 4, "load", 0.2, "memory.free", 100L);
    VirtualNode best = node(4, State.UP, 4, "load", 0.0, "memory.free", 200L);
    assertEquals(List.of(4, 3, 2, 1), order(busy, full, tight, best));
    VirtualNode large = node(5, State.UP, 8, "processors", 8);
    VirtualNode small = node(6, State.UP, 3);
    assertEquals(List.of(5, 6), order(small, large));
    assertEquals(List.of(1, 2), order(node(2, State.UP, 0), node(1, State.UP, 0)));
  }

  @Test
  void filtersCompareNumbersListsAndNames() {
    List<VirtualNode> nodes = List.of(
        node(1, State.UP, 0, "os.arch", List.of("x86-64", "amd64"), "memory.free", 600L),
        node(2, State.UP, 0, "os.arch", List.of("AArch64"), "memory.free", 600L),
        node(3, State.UP, 0, "os.arch", List.of("x86-64"), "memory.free", 500L));
    Placement placement = new Placement(nodes, "(&(os.arch=x86-64)(memory.free>=512))");
    assertEquals(List.of(nodes.get(0)), placement.candidates());
    assertEquals(
        "n2 node2 does not match: os.arch=[AArch64], memory.free=600; "
            + "n3 node3 does not match: os.arch=[x86-64], memory.free=500",
        placement.reasons());
    assertEquals(List.of(nodes.get(1)), new Placement(nodes, "( Name =node2)").candidates());
  }

  @Test
  void reasonsAreGivenForEachNode() {
    Placement placement = new Placement(
        List.of(
            node(1, State.UP, 0, "zone", "eu"),
            node(2, State.SUSPECT, 0, "zone", "us"),
            node(0, State.UP, 0)),
        "(|(zone=us)(!(!(rack=*))))");
    assertEquals(List.of(), placement.candidates());
    assertEquals(
        "n1 node1 does not match: zone=eu, rack=(none); n2 node2 is suspected to have failed; "
            + "node0 is not of this group yet",
        placement.reasons());
    IllegalArgumentException wrong =
        assertThrows(IllegalArgumentException.class, () -> new Placement(List.of(), "(zone=us"));
    assertEquals(true, wrong.getMessage().startsWith("filter (zone=us is wrong: "));
  }
}
