package org.fluidosgi.launcher.internal.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fluidosgi.launcher.internal.NodeOptions;
import org.fluidosgi.launcher.internal.host.FrameworkLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fluid node}: one framework, with a shell or as a daemon. */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Starts one node: an OSGi framework with the bundles of Fluid OSGi.",
      "On a terminal it opens a shell; from a pipe it runs one command a line and ends with the input.",
      "In commands $examples is the URL of the folder of examples."
    })
final class NodeVerb implements Callable<Integer> {
  /** Supported frameworks. */
  enum Framework {
    felix,
    equinox
  }

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "node",
      description = "Name of the node, for people. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  private String name;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "TCP port, 1..65535. Default: the first free one from 9278 on.")
  private @Nullable Integer port;

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT[,...]",
      description =
          "Nodes of the group to join; dns:NAME:PORT for every address of a name, multicast for those found by multicast. Default: none, the node begins a group.")
  private @Nullable String join;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The node's own folder, kept between runs. Default: fluid-data/NAME.")
  private @Nullable Path data;

  @Option(
      names = "--bundles",
      paramLabel = "DIR",
      description = "Folder of jars that start once the node has joined.")
  private @Nullable Path bundles;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The group's secret. Default: group.token beside the data folder.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--framework",
      paramLabel = "felix|equinox",
      defaultValue = "felix",
      description = "OSGi framework. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  private Framework framework;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A framework property; may be given several times.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(names = "--daemon", description = "No shell, no input: runs until it gets SIGTERM.")
  private boolean daemon;

  @Option(
      names = "--verbose",
      description = "Log lines from INFO on to the console, not only to DIR/fluid.log.")
  private boolean verbose;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    check();
    Path folder = data != null ? data : Path.of("fluid-data", name);
    NodeOptions options = new NodeOptions(
        FluidVerb.home().path(),
        framework.name(),
        folder.toAbsolutePath().normalize(),
        bundles == null ? null : bundles.toAbsolutePath().normalize(),
        daemon,
        verbose,
        frameworkProperties(folder));
    return FrameworkLoader.run(options);
  }

  private Map<String, String> frameworkProperties(Path folder) {
    Map<String, String> map = new LinkedHashMap<>(properties);
    map.put("fluid.name", name);
    map.put("fluid.data.dir", folder.toAbsolutePath().normalize().toString());
    if (port != null) {
      map.put("fluid.port", port.toString());
    }
    if (join != null) {
      map.put("fluid.join", join);
    }
    if (tokenFile != null) {
      map.put("fluid.token.file", tokenFile.toAbsolutePath().normalize().toString());
    }
    return map;
  }

  private void check() {
    if (name.isBlank() || name.length() > 64 || name.chars().anyMatch(c -> c < ' ' || c == '/')) {
      refuse("--name '" + name + "': use 1..64 printable characters without '/'");
    }
    if (port != null && (port < 1 || port > 65_535)) {
      refuse("--port " + port + " is not in 1..65535");
    }
    if (join != null) {
      for (String address : join.split(",", -1)) {
        if (address.trim().equals("multicast")) {
          continue;
        }
        if (!address
                .trim()
                .matches("(dns:|multicast:)?(\\[[0-9A-Fa-f:.%]+\\]|[^:\\s\\[\\]]+):[0-9]{1,5}")
            || Integer.parseInt(address.substring(address.lastIndexOf(':') + 1).trim()) > 65_535) {
          refuse(
              "--join '" + address.trim()
                  + "' is no address: write host:port[,...], dns:name:port, multicast or multicast:group:port");
        }
      }
    }
    if (bundles != null && !Files.isDirectory(bundles)) {
      refuse("--bundles " + bundles + " is no folder: name one that holds jars");
    }
  }

  private void refuse(String message) {
    throw new ParameterException(spec.commandLine(), message);
  }
}
