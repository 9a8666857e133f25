package org.fluidosgi.framework.internal.group;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.internal.core.FakeAgreedStore;
import org.fluidosgi.framework.spi.StepListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleException;

/** Two nodes with real channels and hosts, and a group store that they have agreed on: one has the other change its bundles. */
@Timeout(60)
class AskedChangesTest {
  private static final String QUESTIONS = "changes/";
  private static final Map<String, String> HEADERS = Map.of("Import-Package", "org.osgi.framework");

  @TempDir
  Path folder;

  private final FakeAgreedStore store = new FakeAgreedStore();
  private final FakeGroup group = new FakeGroup(store);
  private final List<String> steps = new CopyOnWriteArrayList<>();
  private TestNode alpha;
  private TestNode beta;

  @BeforeEach
  void open() throws Exception {
    alpha = new TestNode(group, folder, "alpha", Map.of());
    beta = new TestNode(group, folder, "beta", Map.of());
    alpha.connect(beta);
    await().until(() -> alpha.framework().nodes().stream().noneMatch(node -> node.ordinal() == 0));
    await().until(() -> alpha.framework().nodes().size() == 2);
    await().until(() -> beta.framework().localNode().ordinal() == 2);
    listen(step -> steps.add(step));
  }

  @AfterEach
  void close() throws Exception {
    alpha.close();
    beta.close();
  }

  private interface Hears {
    void step(String name);
  }

  private void listen(Hears hears) {
    beta.host
        .getBundleContext()
        .registerService(StepListener.class, (step, location) -> hears.step(step), null);
  }

  private VirtualBundle install(String name) throws Exception {
    String location = TestJar.write(folder, name, HEADERS, 10).toUri().toString();
    return alpha.framework().install(location, alpha.framework().node("beta"));
  }

  private void awaitNoQuestion() {
    await().until(() -> store.keys(QUESTIONS).isEmpty());
  }

  @Test
  void eachStepIsHeardAndNoQuestionStays() throws Exception {
    VirtualBundle bundle = install("steps");
    bundle.update();
    bundle.uninstall();
    assertEquals(
        List.of(
            "install.begun",
            "install.applied",
            "install.decided",
            "install.ended",
            "update.begun",
            "update.applied",
            "update.decided",
            "update.ended",
            "uninstall.begun",
            "uninstall.decided",
            "uninstall.applied",
            "uninstall.ended"),
        steps);
    awaitNoQuestion();
  }

  @Test
  void whatTheHostRefusesLeavesNoQuestion() throws Exception {
    Path jar = Files.writeString(folder.resolve("bad.jar"), "no jar at all");
    BundleException refused = assertThrows(
        BundleException.class,
        () ->
            alpha.framework().install(jar.toUri().toString(), alpha.framework().node("beta")));
    assertTrue(refused.getMessage().contains("on beta"), refused.getMessage());
    awaitNoQuestion();
    assertEquals(List.of(), beta.framework().bundles());
  }

  @Test
  void whatIsGivenUpInTheMiddleIsTakenBack() throws Exception {
    VirtualBundle kept = install("kept");
    String before = kept.sha256();
    listen(step -> {
      if (step.endsWith(".applied")) {
        store
            .keys(QUESTIONS)
            .forEach(key -> store
                .read(key)
                .thenAccept(entry -> store.compareAndSet(key, entry.version(), null)));
      }
    });
    BundleException failed = assertThrows(BundleException.class, () -> install("taken"));
    assertTrue(failed.getMessage().contains("has given it up"), failed.getMessage());
    assertNull(beta.host
        .getBundleContext()
        .getBundle(folder.resolve("taken.jar").toUri().toString()));
    TestJar.write(folder, "kept", HEADERS, 20);
    assertThrows(BundleException.class, kept::update);
    assertEquals(before, beta.framework().bundle("kept").sha256());
    assertEquals(1, beta.framework().bundles().size());
  }

  @Test
  void whoHasNotJoinedTheGroupStoreYetDecidesWhenItHas() throws Exception {
    listen(step -> {
      if (step.endsWith(".applied")) {
        store.joining(1);
      }
    });
    assertEquals("late", install("late").getSymbolicName());
    assertEquals(1, beta.framework().bundles().size());
    awaitNoQuestion();
  }

  @Test
  void withoutAMajorityItGoesOnUndecided() throws Exception {
    store.refuse(true);
    VirtualBundle bundle = install("undecided");
    bundle.uninstall();
    assertEquals(List.of(), beta.framework().bundles());
    assertEquals(List.of(), store.keys(QUESTIONS));
  }
}
