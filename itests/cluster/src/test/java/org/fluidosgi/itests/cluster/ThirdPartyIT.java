package org.fluidosgi.itests.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.itests.support.FreePorts;
import org.fluidosgi.launcher.process.ProcessException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bundles of others, as they are in their repository, as virtual bundles of three processes: n1 and n3 on Felix, n2 on Equinox. Each is
 * installed, started, stopped, updated and uninstalled from another node than its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThirdPartyIT {
  private static final List<String> HTTP = List.of(
      "commons-io",
      "commons-fileupload",
      "org.apache.felix.http.servlet-api",
      "org.apache.felix.http.jetty12");

  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private Group group;
  private Guests guests;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    List<Integer> free = FreePorts.take(2);
    ports.put("n2", free.get(0));
    ports.put("n3", free.get(1));
    group = new Group(directory);
    guests = new Guests(group);
    try {
      group.start("n1", "felix");
      group.start("n2", "equinox", settings("n2"));
      group.start("n3", "felix", settings("n3"));
      for (String name : List.of("n1", "n2", "n3")) {
        group.awaitMembers(name, 3);
        guests.install("n1", name, Group.example("trends-api"));
      }
      // What a node has as ordinary bundles makes way for the same as virtual ones.
      guests.uninstallFromHost("n2", "org.apache.felix.scr");
      guests.uninstallFromHost("n3", "org.apache.felix.scr");
      guests.uninstallFromHost("n3", "org.apache.felix.gogo.command");
    } catch (Exception | AssertionError e) {
      group.printLogs();
      group.close();
      throw e;
    }
  }

  private String[] settings(String name) {
    return new String[] {
      "--set",
      "org.osgi.service.http.port=" + ports.get(name),
      "--set",
      "org.apache.felix.http.host=127.0.0.1"
    };
  }

  @AfterAll
  void stop() {
    if (group != null) {
      group.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"n2,n3", "n3,n2"})
  void jettyServesAServletThatCallsAServiceOfAnotherNode(String on, String other) throws Exception {
    String provider = guests.install("n1", other, Group.example("trends-provider"));
    // The same on the other node: an extender there must not meet the bundles here.
    List<String> beside = guests.install("n1", other, Guests.SLF4J);
    guests.act("n1", "start", beside);
    List<String> libraries = new ArrayList<>(guests.install("n1", on, Guests.SLF4J));
    libraries.addAll(guests.install("n1", on, HTTP));
    String jetty = libraries.remove(libraries.size() - 1);
    String servlet = guests.install("n1", on, "guest-servlet");
    guests.act("n1", "start", provider);
    guests.act("n1", "start", libraries);
    guests.act("n1", "start", jetty, servlet);

    awaitStatus(on, 200);
    List<String> answer = get(on, "europe").body().lines().toList();
    assertEquals(10, answer.size(), answer::toString);
    assertTrue(answer.contains("#eurovision"), answer::toString);
    assertEquals(404, get(on, "mars").statusCode(), "an exception of the other node's service");
    // Jetty's log goes where SpiFly leads SLF4J, by weaving it: to the simple provider.
    assertFalse(group.log(on).contains("No SLF4J providers"), "SLF4J found no provider");
    assertTrue(group.log(on).contains("INFO org.apache.felix.http - Started Jetty"));

    theWebConsoleShowsTheGroup(on, other);

    guests.act(other, "stop", provider);
    awaitStatus(on, 503);
    guests.act(on, "start", provider);
    awaitStatus(on, 200);

    guests.act(other, "stop", servlet);
    awaitStatus(on, 404);
    guests.act(other, "start", servlet);
    awaitStatus(on, 200);
    guests.act(other, "update", servlet, jetty);
    awaitStatus(on, 200);

    guests.act(other, "stop", jetty);
    awaitClosed(on);
    guests.act(other, "start", jetty);
    awaitStatus(on, 200);
    guests.act("n1", "uninstall", servlet, jetty);
    awaitClosed(on);
    guests.act("n1", "uninstall", libraries);
    guests.act("n1", "uninstall", beside);
    guests.act("n1", "uninstall", provider);
  }

  private void theWebConsoleShowsTheGroup(String on, String other) throws Exception {
    List<String> console = guests.install(
        "n1",
        on,
        List.of(
            "org.osgi.service.log",
            "encoder",
            "org.apache.felix.inventory",
            "org.apache.felix.webconsole"));
    guests.act(other, "start", console);
    group.until(
        "console on " + on + " shows the provider on " + other,
        PATIENCE,
        () ->
            answer(on, "/system/console/bundles.json").body().contains("example.trends.provider"));
    guests.act(other, "uninstall", console);
  }

  private HttpResponse<String> get(String node, String region)
      throws IOException, InterruptedException {
    return answer(node, "/trends?region=" + region);
  }

  /** With the name and password that the web console has by default. */
  private HttpResponse<String> answer(String node, String path)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.get(node) + path))
            .header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString("admin:admin".getBytes(UTF_8)))
            .timeout(PATIENCE)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void awaitStatus(String node, int status) {
    group.until(node + " answers " + status, PATIENCE, () -> {
      try {
        return get(node, "europe").statusCode() == status;
      } catch (IOException e) {
        return false;
      }
    });
  }

  private void awaitClosed(String node) {
    group.until(node + " listens no more", PATIENCE, () -> {
      try {
        get(node, "europe");
        return false;
      } catch (ConnectException e) {
        return true;
      }
    });
  }

  @ParameterizedTest
  @CsvSource({"n2,n3", "n3,n2"})
  void componentsOfAVirtualRuntimeCallAndServeOtherNodes(String on, String other) throws Exception {
    String runtime = guests.install("n1", on, "org.apache.felix.scr");
    String component = guests.install("n1", on, "guest-component");
    String provider = guests.install("n1", other, Group.example("trends-provider"));
    guests.act("n1", "start", runtime, component);
    assertEquals(List.of("none"), group.run(on, "probe:find '(probe.id=component)'"));
    guests.act("n1", "start", provider);
    for (String node : List.of("n1", "n2", "n3")) {
      awaitGreeting(node, on);
    }

    guests.act(on, "stop", provider);
    awaitNoGreeting();
    guests.act(on, "start", provider);
    awaitGreeting("n1", on);
    guests.act("n1", "stop", runtime);
    awaitNoGreeting();
    guests.act(other, "start", runtime);
    awaitGreeting("n1", on);
    guests.act(other, "update", component);
    awaitGreeting("n1", on);
    guests.act("n1", "uninstall", component);
    awaitNoGreeting();
    guests.act("n1", "uninstall", runtime, provider);
  }

  private void awaitGreeting(String node, String on) {
    group.until(
        "greeting on " + node,
        PATIENCE,
        () -> group
            .run(node, "probe:find '(probe.id=component)'")
            .equals(List.of(
                "component colour=component imported=" + !node.equals(on) + " probe #eurovision")));
  }

  private void awaitNoGreeting() {
    for (String node : List.of("n1", "n2", "n3")) {
      group.until(
          "no greeting on " + node,
          PATIENCE,
          () -> group.run(node, "probe:find '(probe.id=component)'").equals(List.of("none")));
    }
  }

  @ParameterizedTest
  @CsvSource({"n2,n3", "n3,n2"})
  void eventsConfigurationsAndMetatypesAreThoseOfTheNode(String on, String other) throws Exception {
    List<String> interfaces = new ArrayList<>();
    for (String node : List.of(on, other)) {
      interfaces.addAll(guests.install(
          "n1",
          node,
          List.of("org.osgi.service.cm", "org.osgi.service.metatype", "org.osgi.service.log")));
    }
    List<String> services = guests.install(
        "n1",
        on,
        List.of(
            "org.apache.felix.eventadmin",
            "org.apache.felix.configadmin",
            "org.apache.felix.metatype"));
    String commands = guests.install("n1", on, "guest-commands");
    String elsewhere = guests.install("n1", other, "guest-commands");
    guests.act("n1", "start", services);
    guests.act("n1", "start", commands, elsewhere);

    assertEquals(List.of("sent"), group.run(on, "guest:post guest/a"));
    assertTrue(group.run(on, "guest:topics").contains("guest/a"));
    assertEquals(List.of("no EventAdmin here"), group.run(other, "guest:post guest/b"));
    assertEquals(List.of(), group.run(other, "guest:topics"));
    ourEventsReachTheHandler(on);

    assertEquals(List.of("configured"), group.run(on, "guest:configure red"));
    awaitOutput(on, "guest:colour", "red");
    assertEquals(List.of("no ConfigurationAdmin here"), group.run(other, "guest:configure blue"));
    assertEquals(List.of("none"), group.run(other, "guest:colour"));
    assertEquals(List.of("white"), group.run(on, "guest:metatype"));
    assertEquals(List.of("no MetaTypeService here"), group.run(other, "guest:metatype"));

    guests.act(other, "update", services);
    guests.act(other, "update", commands);
    awaitOutput(on, "guest:colour", "red"); // a new object, given the configuration that was kept
    assertEquals(List.of("white"), group.run(on, "guest:metatype"));
    guests.act(other, "stop", services);
    assertEquals(List.of("no EventAdmin here"), group.run(on, "guest:post guest/c"));
    assertEquals(List.of("no ConfigurationAdmin here"), group.run(on, "guest:configure blue"));
    guests.act(other, "start", services);
    assertEquals(List.of("sent"), group.run(on, "guest:post guest/d"));
    assertTrue(group.run(on, "guest:topics").contains("guest/d"));

    guests.act(other, "uninstall", commands);
    assertTrue(group.failure(on, "guest:colour").contains("not found"));
    guests.act("n1", "uninstall", elsewhere);
    guests.act("n1", "uninstall", services);
    guests.act("n1", "uninstall", interfaces);
  }

  /** Remote Service Admin posts what it does to the Event Admin that came later, as a virtual bundle. */
  private void ourEventsReachTheHandler(String on) throws ProcessException {
    group.run(on, "probe:register event");
    group.until(
        "event of the export",
        PATIENCE,
        () -> group
            .run(on, "guest:topics")
            .contains("org/osgi/service/remoteserviceadmin/EXPORT_REGISTRATION"));
    group.run(on, "probe:unregister event");
  }

  private void awaitOutput(String node, String command, String line) {
    group.until(
        command + " on " + node + " is " + line,
        PATIENCE,
        () -> group.run(node, command).equals(List.of(line)));
  }

  @Test
  void gogosOwnCommandsShowTheGroupWhenTheyAreVirtual() throws Exception {
    assertTrue(group.failure("n3", "felix:lb").contains("not found"));
    String commands = guests.install("n1", "n3", "org.apache.felix.gogo.command");
    String library = guests.install("n1", "n2", "commons-lang3");
    guests.act("n1", "start", commands, library);
    group.awaitBundle("n3", library);
    List<String> listed = group.run("n3", "felix:lb -s");
    assertTrue(
        listed.stream().anyMatch(line -> line.contains("org.apache.commons.lang3 ")),
        listed::toString);
    guests.act("n2", "stop", commands);
    assertTrue(group.failure("n3", "felix:lb").contains("not found"));
    guests.act("n2", "start", commands);
    assertTrue(group.run("n3", "felix:lb -s").size() > 2);
    guests.act("n1", "uninstall", commands, library);
    assertTrue(group.failure("n3", "felix:lb").contains("not found"));
  }
}
