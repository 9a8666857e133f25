package org.fluidosgi.launcher.internal.cli;

import picocli.CommandLine.IVersionProvider;

/** Version from the jar's manifest. */
final class LauncherVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = LauncherVersion.class.getPackage().getImplementationVersion();
    return new String[] {
      "fluid-osgi " + (version == null ? "(unpackaged)" : version),
      "Java " + Runtime.version() + ", " + System.getProperty("java.vendor")
    };
  }
}
