package org.fluidosgi.itests.storeprobe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.fluidosgi.framework.spi.StepListener;
import org.osgi.framework.BundleContext;

/** Commands of scope {@code steps}; plain methods, so that Gogo is not imported. */
public final class StepCommands {
  private final BundleContext context;

  StepCommands(BundleContext context) {
    this.context = context;
  }

  /** {@code stopAt <step> <file>}: the next change that comes to that step goes no further; then the file is there. */
  public String stopAt(String step, String file) {
    context.registerService(
        StepListener.class,
        (reached, location) -> {
          if (reached.equals(step)) {
            write(Path.of(file), location);
            hang();
          }
        },
        null);
    return "stops at " + step;
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Until the process ends. */
  private static void hang() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** {@code host <text>}: the host's bundles whose location has that text, with version. */
  public List<String> host(String text) {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> bundle.getLocation().contains(text))
        .map(bundle -> bundle.getSymbolicName() + " " + bundle.getVersion())
        .toList();
  }
}
