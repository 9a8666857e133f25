package org.fluidosgi.framework.it;

import java.nio.file.Path;

/** What a virtual context does. */
public final class ContextScenario extends RunningFramework {
  public ContextScenario(Path directory) throws Exception {
    super(directory);
  }
}
