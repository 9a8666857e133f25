package org.fluidosgi.discovery.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fluidosgi.discovery.internal.LocalEndpoints.Source;
import org.fluidosgi.registry.Publication;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.EndpointEvent;

class LocalEndpointsTest {
  private final FakeStore store = new FakeStore();
  private final LocalEndpoints local = new LocalEndpoints(new FakeNode(), store);
  private final Source source = source();

  private Source source() {
    return (Source) local.getService(null, null);
  }

  private static EndpointEvent event(int type, EndpointDescription endpoint) {
    return new EndpointEvent(type, endpoint);
  }

  @Test
  void endpointBecomesARecord() {
    source.endpointChanged(
        event(
            EndpointEvent.ADDED,
            Endpoints.of(
                "e1",
                "f",
                1.5f,
                "list",
                List.of('a', 'b'),
                "set",
                Set.of(1L),
                "v",
                new Version(1, 2, 3))),
        "f");
    Publication record = store.published.get(0);
    assertEquals("endpoint", record.kind());
    assertEquals("e1", record.name());
    assertEquals(Set.of("oc:org.foo.Bar", "oc:org.foo.Baz"), record.keys());
    Map<String, Object> attributes = record.attributes();
    assertEquals(1.5f, attributes.get("f"));
    assertEquals(List.of('a', 'b'), attributes.get("list"));
    assertEquals(Set.of(1L), attributes.get("set"));
    assertEquals(new Version(1, 2, 3), attributes.get("v"));
    assertArrayEquals(
        new String[] {"org.foo.Bar", "org.foo.Baz"}, (String[]) attributes.get("objectClass"));
  }

  @Test
  void valueThatCannotBeSentIsLeftOut() {
    source.endpointChanged(
        event(EndpointEvent.ADDED, Endpoints.of("e1", "good", "x", "bad", new Object())), "f");
    assertEquals("x", store.published.get(0).attributes().get("good"));
    assertFalse(store.published.get(0).attributes().containsKey("bad"));
  }

  @Test
  void endpointToldTwiceIsPublishedOnce() {
    source.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e1", "a", new int[] {1})), "f");
    source.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e1", "a", new int[] {1})), "f");
    source.endpointAdded(Endpoints.of("e1", "a", new int[] {1}), "f");
    assertEquals(1, store.published.size());
  }

  @Test
  void modificationIsPublishedAndEndMatchWithdraws() {
    source.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e1", "a", new int[] {1})), "f");
    source.endpointChanged(
        event(EndpointEvent.MODIFIED, Endpoints.of("e1", "a", new int[] {2})), "f");
    assertEquals(2, store.published.size());
    source.endpointChanged(event(EndpointEvent.MODIFIED_ENDMATCH, Endpoints.of("e1")), "f");
    assertEquals(List.of("e1"), store.withdrawn);
    source.endpointChanged(event(EndpointEvent.REMOVED, Endpoints.of("e1")), "f");
    assertEquals(List.of("e1"), store.withdrawn);
  }

  @Test
  void oldInterfaceWorksAlone() {
    source.endpointAdded(Endpoints.of("e1"), "f");
    source.endpointRemoved(Endpoints.of("e1"), "f");
    assertEquals(1, store.published.size());
    assertEquals(List.of("e1"), store.withdrawn);
  }

  @Test
  void callerOfBothInterfacesIsHeardOnTheNewOne() {
    source.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e1")), "f");
    source.endpointAdded(Endpoints.of("e1"), "f");
    source.endpointChanged(event(EndpointEvent.MODIFIED, Endpoints.of("e1", "a", 1)), "f");
    source.endpointRemoved(Endpoints.of("e1"), "f");
    source.endpointAdded(Endpoints.of("e1", "a", 1), "f");
    assertEquals(2, store.published.size());
    assertEquals(List.of(), store.withdrawn);
  }

  @Test
  void endpointOfTwoSourcesLivesUntilBothRemoveIt() {
    Source second = source();
    source.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e1")), "f");
    second.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e1")), "f");
    source.endpointChanged(event(EndpointEvent.REMOVED, Endpoints.of("e1")), "f");
    assertEquals(List.of(), store.withdrawn);
    second.endpointChanged(event(EndpointEvent.REMOVED, Endpoints.of("e1")), "f");
    assertEquals(List.of("e1"), store.withdrawn);
  }

  @Test
  void sourceThatGoesTakesItsEndpointsAlong() {
    source.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e1")), "f");
    source.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e2")), "f");
    Source second = source();
    second.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e3")), "f");
    local.ungetService(null, null, source);
    assertEquals(Set.of("e1", "e2"), Set.copyOf(store.withdrawn));
  }

  @Test
  void closingWithdrawsAllAndSilences() {
    source.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e1")), "f");
    local.close();
    assertEquals(List.of("e1"), store.withdrawn);
    source.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e2")), "f");
    assertEquals(1, store.published.size());
  }

  @Test
  void storeThatRefusesIsNoReasonToFail() {
    EndpointDescription tooLong = Endpoints.of("e1", "text", "x".repeat(10_000_000));
    source.endpointChanged(event(EndpointEvent.ADDED, tooLong), "f");
    source.endpointChanged(event(EndpointEvent.ADDED, Endpoints.of("e2")), "f");
    assertSame(
        1, (int) store.published.stream().filter(p -> p.name().equals("e2")).count());
  }
}
