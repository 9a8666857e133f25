package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;
import org.fluidosgi.launcher.process.NodeProcess;
import org.fluidosgi.launcher.process.ProcessException;
import org.fluidosgi.launcher.process.RunningCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What programs see of the shell through a pipe: events of the whole group as they happen, and documents that say what the tables say. */
class ShellIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  Path directory;

  private Group group;

  @Test
  void programsFollowTheGroupAndReadWhatItShows() throws Exception {
    try (Group three = new Group(directory)) {
      group = three;
      group.start("n1", "felix");
      group.start("n2", "equinox");
      group.awaitMembers("n1", 2);
      RunningCommand events = follow("fluid:events --json");
      RunningCommand services =
          follow("fluid:events --kind service '(&(colour=red)(event=*REGISTERED))'");
      String provider = changesOnTheOtherNode(events);
      assertEquals(
          List.of("REGISTERED", "UNREGISTERED"),
          services.lines().stream()
              .skip(1)
              .map(line -> line.text().substring(line.text().lastIndexOf(' ') + 1))
              .toList());
      nodesComeAndGo(events);
      endsAsAskedFor(events, services);
      tablesAndDocumentsAgree(provider);
    } catch (AssertionError | RuntimeException e) {
      group.printLogs();
      throw e;
    }
  }

  private RunningCommand follow(String command) throws ProcessException {
    RunningCommand events = group.node("n1").start(command);
    assertTrue(events.awaitLines(1, PATIENCE), String.valueOf(events.error()));
    return events;
  }

  /** Installs, starts, stops and uninstalls on n2, from n2; n1 only follows. */
  private String changesOnTheOtherNode(RunningCommand events) throws Exception {
    String api = install("trends-api", "n2");
    String provider = install("trends-provider", "n2");
    group.run("n2", "fluid:start " + provider);
    awaitEvents(
        events,
        "bundle n2 INSTALLED " + api,
        "bundle n2 INSTALLED " + provider,
        "bundle n2 RESOLVED " + provider,
        "bundle n2 STARTED " + provider,
        "service n2 REGISTERED example.trends.api.TrendService of " + provider);
    group.run("n2", "probe:register a colour=red");
    awaitEvents(events, "service n2 REGISTERED org.fluidosgi.itests.probe.api.Greeting of null");
    group.run("n2", "probe:unregister a");
    awaitEvents(events, "service n2 UNREGISTERED org.fluidosgi.itests.probe.api.Greeting of null");
    group.run("n2", "fluid:stop " + provider);
    awaitEvents(
        events,
        "bundle n2 STOPPED " + provider,
        "service n2 UNREGISTERED example.trends.api.TrendService of " + provider);
    group.run("n2", "fluid:uninstall " + provider);
    awaitEvents(events, "bundle n2 UNINSTALLED " + provider);
    String again = install("trends-provider", "n2");
    group.run("n2", "fluid:start " + again);
    awaitEvents(events, "bundle n2 STARTED " + again);
    return again;
  }

  private String install(String example, String node) throws Exception {
    return json(node, "fluid:install --json " + Group.example(example))
        .get("bundles")
        .get(0)
        .get("id")
        .asText();
  }

  private void nodesComeAndGo(RunningCommand events) throws Exception {
    group.start("n3", "felix");
    awaitEvents(events, "node n3 JOINED n3 " + group.address("n3"));
    String lost = install("trends-api", "n3");
    awaitEvents(events, "bundle n3 INSTALLED " + lost);
    group.node("n3").kill();
    awaitEvents(events, "bundle n3 UNINSTALLED " + lost);
    awaitEvents(events, "node n3 LEFT n3 " + group.address("n3"));
    assertEquals(
        1,
        seen(events).stream().filter(each -> each.startsWith("node n3 JOINED")).count());
    group.awaitMembers("n1", 2);
  }

  private void endsAsAskedFor(RunningCommand events, RunningCommand services) throws Exception {
    NodeProcess node = group.node("n1");
    for (RunningCommand each : List.of(events, services)) {
      node.stop(each, PATIENCE);
      assertTrue(each.awaitEnd(PATIENCE));
      assertEquals("stopped", each.error().orElse("it ended well"));
    }
    RunningCommand counted = follow("fluid:events --count 1 --kind service probe.api.Greeting");
    group.run("n2", "probe:register b colour=blue");
    List<String> lines = counted.await(PATIENCE);
    assertTrue(
        lines.get(1).matches("[0-9:.]{12}  n2    service    n2:[0-9]+ Greeting REGISTERED"),
        lines.toString());
    assertEquals(1, group.run("n1", "fluid:events --for 0.1 --kind node").size());
    group.until(
        "nothing of the followers is left",
        PATIENCE,
        () -> group.run("n1", "!inside org.fluidosgi.shell.internal.events").equals(List.of("0")));
    String nobody = group.failure("n1", "!stop nobody");
    assertTrue(nobody.endsWith("no command nobody runs"), nobody);
  }

  private void tablesAndDocumentsAgree(String provider) throws Exception {
    group.until(
        "the provider's service on n1",
        PATIENCE,
        () -> json("n1", "fluid:services --json TrendService").get("services").size() == 1);
    agree(
        "fluid:nodes", "nodes", "node", "state", "bundles", "name", "address", "framework", "java");
    agree("fluid:bundles", "bundles", "id", "node", "state", "name", "version");
    agree("fluid:services TrendService", "services", "node", "id", null, "bundle");
    agree("fluid:view", "members", "node", "state", "name", "id");
    JsonNode bundle = json("n1", "fluid:bundle --json " + provider);
    assertEquals("ACTIVE", bundle.get("state").asText());
    String service = bundle.get("registers").get(0).get("id").asText();
    JsonNode properties = json("n1", "fluid:service --json " + service).get("properties");
    assertEquals(provider, properties.get("service.bundleid").asText());
    assertEquals(
        "example.trends.api.TrendService", properties.get("objectClass").get(0).asText());
    assertTrue(
        json("n1", "fluid:node --json n2").get("properties").get("processors").isIntegralNumber());

    RunningCommand failing = group.node("n1").start("fluid:start --json nobody");
    assertTrue(failing.awaitEnd(PATIENCE));
    JsonNode error =
        read(failing.lines().stream().map(RunningCommand.Line::text).toList());
    assertEquals(failing.error().orElseThrow(), error.get("error").asText());
    assertFalse(error.get("bundles").get(0).get("done").booleanValue());
  }

  /** Each line of the table has what the document's row has in these fields; null is a column that is shown otherwise. */
  private void agree(String command, String rows, String... fields) throws Exception {
    List<String> table = group.run("n1", command);
    JsonNode document = json("n1", command + " --json").get(rows);
    assertEquals(table.size() - 2, document.size(), command);
    for (int row = 0; row < document.size(); row++) {
      String line = table.get(row + 1);
      String[] cells = line.substring(2).trim().split(" {2,}");
      assertEquals(line.startsWith("* "), document.get(row).get("local").booleanValue(), line);
      for (int i = 0; i < fields.length; i++) {
        if (fields[i] != null) {
          assertEquals(cells[i], document.get(row).get(fields[i]).asText(), line);
        }
      }
    }
  }

  private JsonNode json(String node, String command) throws Exception {
    return read(group.run(node, command));
  }

  private static JsonNode read(List<String> lines) throws JsonProcessingException {
    return JSON.readTree(String.join("\n", lines));
  }

  private void awaitEvents(RunningCommand events, String... wanted) throws JsonProcessingException {
    for (String each : wanted) {
      try {
        group.until("event " + each, PATIENCE, () -> seen(events).contains(each));
      } catch (ConditionTimeoutException e) {
        throw new AssertionError("no event " + each + " among " + seen(events), e);
      }
    }
  }

  /** Kind, node, event and what it happened to, of the events so far. */
  private static List<String> seen(RunningCommand events) throws JsonProcessingException {
    List<String> seen = new ArrayList<>();
    for (RunningCommand.Line line : events.lines()) {
      JsonNode event = JSON.readTree(line.text());
      if (event.has("kind")) {
        String what = switch (event.get("kind").asText()) {
          case "service" ->
            event.get("interfaces").get(0).asText() + " of "
                + event.get("bundle").asText();
          case "node" -> event.get("name").asText() + " " + event.get("address").asText();
          default -> event.path("id").asText();
        };
        seen.add(String.join(
            " ",
            event.get("kind").asText(),
            event.get("node").asText(),
            event.get("event").asText(),
            what));
      }
    }
    return seen;
  }
}
