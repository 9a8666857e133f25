package org.fluidosgi.itests.paxexam;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two containers, one service: registered in one, called from the other, gone with its container. */
class TwoNodesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir
  Path directory;

  @Test
  void aServiceOfOneContainerIsCalledFromTheOther() throws Exception {
    int port = freePort();
    Path result = directory.resolve("result");
    Map<String, String> user = settings("user");
    user.put("fluid.join", "127.0.0.1:" + port);
    user.put("probe.result", result.toString());
    Map<String, String> provider = settings("provider");
    provider.put("fluid.port", Integer.toString(port));
    provider.put("probe.role", "provider");
    try (Container consumer = Container.start(bundles(), user)) {
      try (Container exporter = Container.start(bundles(), provider)) {
        await("greeting in " + result)
            .atMost(PATIENCE)
            .until(() -> read(result).startsWith("hello probe from "));
      }
      await("departure in " + result).atMost(PATIENCE).until(() -> read(result).equals("gone"));
    }
  }

  private static List<Path> bundles() {
    return Bundles.in(Path.of(System.getProperty("fluid.itests.bundles"))).node();
  }

  private Map<String, String> settings(String name) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("fluid.name", name);
    settings.put("fluid.data.dir", directory.resolve(name).toString());
    return settings;
  }

  private static String read(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file) : "";
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
