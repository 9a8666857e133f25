package org.fluidosgi.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.VirtualService;
import org.junit.jupiter.api.Test;

/** What a console outside is offered, over the service that it finds. */
class CompletionTest extends GogoFixture {
  @SuppressWarnings("unchecked")
  private Map<String, String> after(String... words) throws Exception {
    Function<List<String>, Map<String, String>> completion = context.getService(context
        .getServiceReferences(Function.class, "(fluid.completion=true)")
        .iterator()
        .next());
    return completion.apply(List.of(words));
  }

  @Test
  void commands() throws Exception {
    assertEquals(
        List.of("fluid:node", "fluid:nodes"), List.copyOf(after("fluid:no").keySet()));
    assertEquals(Map.of("uninstall", "fluid", "update", "fluid"), after("u"));
    assertTrue(after("").containsKey("fluid:view"));
    assertEquals(Map.of("takeover", "fluid"), after("help", "ta"));
  }

  @Test
  void options() throws Exception {
    assertEquals(
        List.of("--json", "--for", "--count", "--kind"),
        List.copyOf(after("fluid:events", "-").keySet()));
    assertEquals(Map.of("--on", ""), after("install", "--json", "--"));
    assertEquals(Map.of("framework", ""), after("events", "--kind", "f"));
    assertEquals(Map.of(), after("install", "--on", "n1", "file:/x.jar", ""));
    assertEquals(Map.of(), after("events", "--for", ""));
    assertEquals(
        List.of("n1", "alpha", "n3", "beta", "any"),
        List.copyOf(after("install", "--on", "").keySet()));
  }

  @Test
  void namesThatWouldBeMoreThanAWordAreNotOffered() throws Exception {
    virtual.nodes.add(FakeFramework.node(4, "x;fluid:stop n1:1", VirtualNode.State.UP, false, 0));
    virtual.nodes.add(FakeFramework.node(5, "y\u001b[2J", VirtualNode.State.UP, false, 0));
    assertEquals(
        Map.of("n4", "x;fluid:stop n1:1", "n5", "y?[2J"),
        Map.of("n4", after("node", "n4").get("n4"), "n5", after("node", "n5").get("n5")));
    assertEquals(Map.of(), after("node", "x"));
    assertEquals(Map.of(), after("node", "y"));
  }

  @Test
  void whatThereIsInTheGroup() throws Exception {
    virtual.add(new VirtualId(1, 7), virtual.alpha, "some.name", "1.2.0");
    virtual.add(new VirtualId(3, 12), virtual.beta, "some.name", "1.3.0");
    virtual.services.add(new VirtualService(
        new VirtualId(3, 40), virtual.beta, "urn:uuid:2", List.of("a.b.Trends"), Map.of()));
    assertEquals(Map.of("n1:7", "some.name 1.2.0 INSTALLED"), after("fluid:start", "n1:"));
    assertEquals(
        List.of("some.name", "some.name/1.3.0"),
        List.copyOf(after("start", "n1:7", "some").keySet()));
    assertEquals(Map.of("beta", "n3"), after("node", "--json", "b"));
    assertEquals(Map.of("n3", "beta"), after("install", "--json", "file:/x.jar", "n3"));
    assertEquals(Map.of("n3:40", "a.b.Trends"), after("service", ""));
    assertEquals(Map.of("a.b.Trends", ""), after("services", "a."));
    store.add(FakeStore.ALPHA, "node", "self", Map.of());
    assertEquals(Map.of("node", "1 records"), after("records", ""));
    assertFalse(after("providers", "osgi").isEmpty());
    assertEquals(Map.of(), after("node", "beta", ""));
    assertEquals(Map.of(), after("gogo:type", ""));
    virtualService.unregister();
    assertEquals(Map.of(), after("start", ""));
  }
}
