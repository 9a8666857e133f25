package org.fluidosgi.rsa.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.ExportRegistration;

/** One framework connects to another by its address, with the bundles channel and rsa and what those import, and no other of ours. */
class ConnectIT {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir
  Path directory;

  private Acme acme;
  private TestNode provider;
  private TestNode user;
  private Bundle consumer;
  private ExportRegistration export;

  private void open(String kind) throws Exception {
    acme = new Acme(directory.resolve("classes"));
    provider = new TestNode(kind, "a", directory, Map.of());
    user = new TestNode(kind, "b", directory, Map.of());
    for (TestNode node : List.of(provider, user)) {
      assertEquals(
          List.of("org.fluidosgi.channel", "org.fluidosgi.rsa"),
          Arrays.stream(node.context().getBundles())
              .map(Bundle::getSymbolicName)
              .filter(name -> name.startsWith("org.fluidosgi"))
              .toList());
    }
    provider.start(acme.api, acme.apiClasses);
    provider.start(acme.extra, acme.extraClasses);
    TinyBundle serving = acme.provider();
    provider.start(serving, acme.compile(serving));
    share();
  }

  private void share() {
    ServiceReference<?> service = provider.context().getServiceReference(Acme.GREETER);
    export = provider.admin().exportService(service, null).iterator().next();
    assertNull(export.getException());
  }

  private String address() {
    return (String) export
        .getExportReference()
        .getExportedEndpoint()
        .getProperties()
        .get("fluid.channel.address");
  }

  private void consume() throws Exception {
    user.start(acme.api, acme.apiClasses);
    TinyBundle bundle = Connecting.bundle(acme);
    consumer = user.start(bundle, acme.compile(bundle));
  }

  private String ask(String command) throws Exception {
    return (String) user.function("connecting").apply(command);
  }

  @AfterEach
  void close() throws Exception {
    if (user != null) {
      user.close();
    }
    if (provider != null) {
      provider.close();
    }
    await()
        .atMost(SOON)
        .until(() -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("fluid-")));
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void bundlesConnectByAddress(String kind) throws Exception {
    open(kind);
    whoSeesNoInterfaceOrAnotherVersionIsTold();
    consume();
    servicesAreFoundFetchedAndCalled();
    anEarlierLeaseStaysOver();
    aBundleThatStopsLeavesNoConnection();
  }

  private void whoSeesNoInterfaceOrAnotherVersionIsTold() throws Exception {
    TinyBundle blind = Connecting.blindBundle();
    Bundle installed = user.start(blind, acme.compile(blind));
    String told = (String) user.function("blind").apply("any " + address());
    assertTrue(told.contains("install the bundle of its API"), told);
    installed.stop();
    user.start(acme.api2, acme.api2Classes);
    TinyBundle second = Connecting.bundleOfVersion2(acme);
    installed = user.start(second, acme.compile(second));
    told = (String) user.function("second").apply("any " + address());
    assertTrue(told.contains("version 2.0.0 here and of version 1.0.0 at a"), told);
    installed.stop();
  }

  private void servicesAreFoundFetchedAndCalled() throws Exception {
    assertEquals("a 1", ask("connect " + address()));
    assertEquals("1", ask("matching (colour=blue)"));
    assertEquals("0", ask("matching (colour=red)"));
    assertEquals("null", ask("property .secret"));
    assertEquals("blue", ask("property colour"));
    assertEquals("hello world", ask("fetch"));
    assertEquals("hello you", ask("call"));
    assertEquals("acme.api.Greeter", ask("interfaces"), "only one of two is known here");
    assertNull(user.context().getServiceReference(Acme.GREETER), "nothing is registered");
    assertTrue(user.admin().getImportedEndpoints().isEmpty());
  }

  private void anEarlierLeaseStaysOver() throws Exception {
    export.close();
    await().atMost(SOON).until(() -> ask("matching (colour=*)").equals("0"));
    assertTrue(ask("kept").contains("REMOTE") && ask("kept").contains("effect none"), ask("kept"));
    share();
    await().atMost(SOON).until(() -> ask("matching (colour=*)").equals("1"));
    assertTrue(ask("kept").contains("REMOTE"), "another lease does not revive it");
    assertEquals("hello world", ask("fetch"));
    await().atMost(SOON).until(() -> ask("heard").equals("+-+"));
    assertEquals("closed on this side", ask("disconnect"));
    assertTrue(ask("kept").contains("REMOTE"));
    assertEquals("+-+-", ask("heard"));
  }

  private void aBundleThatStopsLeavesNoConnection() throws Exception {
    assertEquals("a 1", ask("connect " + address()));
    Function<Object, Object> before = user.function("connecting");
    consumer.stop();
    await().atMost(SOON).until(() -> before.apply("open").equals("false"));
    consumer.start();
    assertEquals("a 1", ask("connect " + address()));
    provider.close();
    provider = null;
    await().atMost(SOON).until(() -> ask("heard").equals("+-"));
    assertEquals("false", ask("open"));
  }
}
