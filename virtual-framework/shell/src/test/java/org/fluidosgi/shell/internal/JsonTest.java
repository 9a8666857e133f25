package org.fluidosgi.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.fluidosgi.framework.Providers;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualService;
import org.fluidosgi.registry.Explanation;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;

/** What commands give with --json, read by another library; these field names are promised. */
class JsonTest extends GogoFixture {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonNode json(String command) throws Exception {
    return JSON.readTree(run(command));
  }

  /** The document without the age of the view. */
  private void gives(String expected, String command) throws Exception {
    com.fasterxml.jackson.databind.node.ObjectNode found =
        (com.fasterxml.jackson.databind.node.ObjectNode) json(command);
    JsonNode age = found.remove("viewAgeSeconds");
    assertTrue(age.isNumber(), command);
    assertEquals(JSON.readTree(expected.replace('\'', '"')), found, command);
  }

  @Test
  void nodes() throws Exception {
    gives("""
        {'nodes': [
          {'node': 'n1', 'name': 'alpha', 'state': 'up', 'bundles': 12, 'address': '127.0.0.1:9278',
           'framework': 'equinox 3.24.300', 'java': '17.0.15', 'local': true},
          {'node': 'n3', 'name': 'beta', 'state': 'suspect', 'bundles': 7, 'address': '127.0.0.1:9280',
           'framework': 'a.framework 7.0.5', 'java': null, 'local': false}],
         'partial': false, 'view': 17}""", "fluid:nodes --json");
    gives("""
        {'node': 'n3', 'local': false, 'name': 'beta', 'state': 'suspect',
         'id': '00000000-0000-0000-0000-000000000003', 'life': 1, 'address': '127.0.0.1:9280', 'bundles': 7,
         'services': 0, 'properties': {'framework.name': 'a.framework', 'framework.version': '7.0.5'},
         'partial': false, 'view': 17}""", "fluid:node beta --json");
  }

  @Test
  void bundlesAndServices() throws Exception {
    gives("{'bundles': [], 'partial': false, 'view': 17}", "fluid:bundles --json");
    virtual.add(new VirtualId(3, 12), virtual.beta, "a.name", "1.0.0");
    gives("""
        {'bundles': [{'id': 'n3:12', 'node': 'n3', 'state': 'INSTALLED', 'name': 'a.name', 'version': '1.0.0',
          'local': false}], 'partial': false, 'view': 17}""", "fluid:bundles --json");
    gives(
        "{'id': 'n3:12', 'local': false, 'name': 'a.name', 'version': '1.0.0', 'state': 'INSTALLED', 'node': 'n3',"
            + " 'location': 'file:/a.name.jar', 'sha256': '" + "ab".repeat(32) + "',"
            + " 'modified': '2023-11-14T22:13:20.123Z',"
            + " 'registers': [{'id': 'n3:40', 'interfaces': ['a.b.Trends', 'a.b.More']}], 'uses': [],"
            + " 'partial': false, 'view': 17}",
        "fluid:bundle --json n3:12");
    virtual.services.add(new VirtualService(
        new VirtualId(3, 40),
        virtual.beta,
        "urn:uuid:2",
        List.of("a.b.Trends"),
        Map.of(
            "objectClass",
            new String[] {"a.b.Trends"},
            "service.bundleid",
            new VirtualId(3, 12).toLong(),
            "weight",
            2.5,
            "big",
            true)));
    store.partial = true;
    gives("""
        {'services': [{'node': 'n3', 'id': 'n3:40', 'interfaces': ['a.b.Trends'], 'bundle': 'a.name', 'local': false}],
         'partial': true, 'view': 17}""", "fluid:services --json trends");
    gives("""
        {'id': 'n3:40', 'local': false, 'node': 'n3', 'properties': {'objectClass': ['a.b.Trends'],
         'service.bundleid': 'n3:12', 'weight': 2.5, 'big': true}, 'partial': false, 'view': 17}""", "fluid:service n3:40 --json");
  }

  @Test
  void whatIsUnderTheGroup() throws Exception {
    virtual.providers.add(new Providers.OnHost(
        virtual.beta,
        5,
        "org.host",
        new Version("2.0"),
        Map.of("x", 1L, "version", new Version("1.1"))));
    gives("""
        {'providers': [{'where': 'n3', 'id': 'host 5', 'name': 'org.host', 'version': '2.0.0',
          'attributes': {'version': '1.1.0', 'x': 1}, 'local': false}], 'partial': false, 'view': 17}""", "fluid:providers --json x.y '(x=1)'");
    store.add(FakeStore.ALPHA, "node", "self", Map.of());
    gives(
        "{'kinds': [{'kind': 'node', 'records': 1}], 'records': 1, 'partial': false, 'view': 17}",
        "fluid:records --json");
    JsonNode records = json("fluid:records node --json");
    assertEquals("node", records.get("kind").asText());
    assertFalse(records.get("more").booleanValue());
    assertEquals(1, records.get("records").get(0).get("seq").intValue());
    store.keys.add(new Explanation.Key("k", 2));
    gives("""
        {'keys': [{'key': 'k', 'records': 2}], 'kind': 'endpoint', 'filter': '(x=1)', 'candidates': 1, 'matches': 0,
         'askedOn': ['n1'], 'partial': false, 'view': 17}""", "fluid:explain --json '(x=1)'");
    assertEquals(
        "a merge",
        json("fluid:view --json").get("members").get(1).get("merged").booleanValue()
            ? "a merge"
            : "");
    assertEquals(12, json("fluid:digest --json").get("owners").get(0).get("seq").intValue());
    gives("{'voters': [], 'needed': null, 'partial': false, 'view': 17}", "fluid:voters --json");
  }

  @Test
  void aBatchTellsOfEachItemAndFailsAsBefore() throws Exception {
    virtual.add(new VirtualId(3, 1), virtual.beta, "broken", "1.0.0");
    virtual.add(new VirtualId(3, 2), virtual.beta, "fine", "1.0.0");
    assertEquals(
        JSON.readTree(
            "{\"bundles\":[{\"item\":\"fine\",\"done\":true,\"id\":\"n3:2\",\"text\":\"n3:2 fine 1.0.0 is ACTIVE on n3\"}]}"),
        json("fluid:start --json fine"));
    String message = failure("fluid:start broken --json fine");
    assertTrue(message.startsWith("2 bundles, 1 failed: start broken: "), message);
    JsonNode printedThen = JSON.readTree(printed.toString(StandardCharsets.UTF_8));
    assertEquals(message, printedThen.get("error").asText());
    assertFalse(printedThen.get("bundles").get(0).get("done").booleanValue());
    assertTrue(printedThen.get("bundles").get(0).get("id").isNull());
    assertEquals("n3:2", printedThen.get("bundles").get(1).get("id").asText());
    assertEquals(
        "n1:9",
        json("fluid:install --json file:/x.jar").get("bundles").get(0).get("id").asText());
    assertEquals(
        "n1:9 installed 2.0.0 installed on n3",
        json("fluid:install --json file:/x.jar n3")
            .get("bundles")
            .get(0)
            .get("text")
            .asText());
    assertEquals(
        2,
        json("fluid:install --on n3 --json file:/x.jar file:/y.jar")
            .get("bundles")
            .size());
  }

  @Test
  void anErrorIsADocumentAndTheCommandFails() throws Exception {
    String message = failure("fluid:node n9 --json");
    assertEquals("node n9: no node 'n9', there are n1, n3", message);
    assertEquals(
        JSON.createObjectNode().put("error", message),
        JSON.readTree(printed.toString(StandardCharsets.UTF_8)));
  }

  @Test
  void namesOfOtherNodesAreEscaped() throws Exception {
    String evil = "evil\u001b[2J\u009b\n\"\\\u00e9";
    virtual.add(new VirtualId(3, 1), virtual.beta, evil, "1.0.0");
    String text = run("fluid:bundles --json");
    assertTrue(text.chars().allMatch(c -> c == '\n' || c >= ' ' && c < 127), text);
    assertEquals(evil, JSON.readTree(text).get("bundles").get(0).get("name").asText());
  }
}
