package org.fluidosgi.launcher.internal.host;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.fluidosgi.launcher.internal.Home;
import org.fluidosgi.launcher.internal.LauncherException;
import org.fluidosgi.launcher.internal.NodeOptions;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** One node from start to end, on the framework's side of the class loaders.
 * Threads: the caller waits in {@link #run}; the shutdown hook and the console stop the framework. */
public final class NodeRun {
  private static final Logger LOG = Logger.getLogger("org.fluidosgi.launcher");
  private static final long JOINED_WAIT_MILLIS = 15_000;
  private static final long SETTLED_WAIT_MILLIS = 3_000;

  private final NodeOptions options;
  private final Home home;
  /** The process's own streams: Gogo replaces System.out and would recurse through it. */
  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);

  private final PrintStream errors =
      new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);

  private NodeRun(NodeOptions options) {
    this.options = options;
    this.home = new Home(options.home());
  }

  /** Called by {@link FrameworkLoader} through reflection; the result is the exit code. */
  public static int run(Map<String, String> texts) {
    return new NodeRun(NodeOptions.fromTexts(texts)).run();
  }

  private int run() {
    try (DataLock lock = DataLock.take(options.data())) {
      ProcessLog.install(options.data().resolve("fluid.log"), options.verbose(), errors);
      LOG.log(Level.INFO, "node {0} starts in {1}", new Object[] {options.name(), lock.folder()});
      return runLocked();
    } catch (LauncherException e) {
      LOG.log(Level.FINE, "node did not run", e);
      if (e.getCause() != null) {
        LOG.log(ProcessLog.FILE_ONLY, "node did not run", e);
      }
      errors.println("fluid: " + e.getMessage());
      return 1;
    }
  }

  private int runLocked() throws LauncherException {
    HostFramework framework = HostFramework.create(options);
    Thread hook = new Thread(framework::stop, "fluid-launcher-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      framework.start();
      startBundles(framework);
      talk(framework);
      framework.awaitStop();
      return 0;
    } finally {
      framework.stop();
    }
  }

  private void startBundles(HostFramework framework) throws LauncherException {
    BundleFolder own = new BundleFolder(framework.context(), home.bundles(), "fluid");
    List<Bundle> ours = StartOrder.sort(own.install());
    List<Bundle> initial = options.bundles() == null
        ? List.of()
        : new BundleFolder(framework.context(), options.bundles(), "initial").install();
    framework.refresh();
    framework.startAll(ours);
    NodeServices services = new NodeServices(framework.context());
    if (!services.awaitJoined(JOINED_WAIT_MILLIS)) {
      LOG.warning("no service (osgi.condition.id=fluid.joined) after " + JOINED_WAIT_MILLIS / 1000
          + " s: the initial bundles start without it");
    }
    int started = 0;
    for (Bundle bundle : initial) {
      try {
        HostFramework.start(bundle);
        started++;
      } catch (BundleException e) {
        LOG.log(Level.WARNING, "initial bundle {0} did not start: {1}", new Object[] {
          bundle.getSymbolicName(), LauncherException.reason(e)
        });
        LOG.log(ProcessLog.FILE_ONLY, "initial bundle did not start", e);
      }
    }
    if (!services.awaitSettled(SETTLED_WAIT_MILLIS)) {
      LOG.info("not every member of the group has told its name yet");
    }
    String address = services.address();
    out.println("node " + options.name() + " is ready on " + address + " (" + framework.product()
        + ", " + started + " of " + initial.size() + " initial bundles, pid "
        + ProcessHandle.current().pid() + ", data " + options.data() + ")");
    out.flush();
    LOG.log(Level.INFO, "node {0} is ready on {1}", new Object[] {options.name(), address});
    if (!interactive() && !options.daemon()) {
      LineConsole.ready(out, address);
    }
  }

  private boolean interactive() {
    return !options.daemon() && Terminal.attached();
  }

  private void talk(HostFramework framework) throws LauncherException {
    if (options.daemon()) {
      return;
    }
    Gogo gogo = Gogo.find(framework.context(), Map.of("examples", examplesUrl()));
    FileInputStream in = new FileInputStream(FileDescriptor.in);
    Runnable console = interactive()
        ? new PromptConsole(gogo, out, options.name(), options.data().resolve("history"))
        : new LineConsole(gogo, in, out);
    Thread reader = new Thread(
        () -> {
          console.run();
          framework.stop();
        },
        "fluid-launcher-console");
    reader.setDaemon(true);
    reader.start();
  }

  /** Without a slash at its end, so that {@code $examples/trends-api.jar} is a clean URL. */
  private String examplesUrl() {
    return home.examples().toUri().toString().replaceAll("/+$", "");
  }

  /** Makes the folder, saying which one when it cannot be made. */
  static Path folder(Path folder) throws LauncherException {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new LauncherException(
          "cannot make the data folder " + folder + ": give a writable one with --data", e);
    }
  }
}
