package org.fluidosgi.launcher.internal.host;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.fluidosgi.launcher.internal.Home;
import org.fluidosgi.launcher.internal.LauncherException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** A folder of jars that the framework's bundles follow: changed and removed jars leave, new ones come.
 * Shape: a bundle's location is {@code <scheme>:<file name>#<CRC-32>}, so changed content is another bundle. */
final class BundleFolder {
  private final BundleContext context;
  private final Path folder;
  private final String scheme;

  BundleFolder(BundleContext context, Path folder, String scheme) {
    this.context = context;
    this.folder = folder;
    this.scheme = scheme + ":";
  }

  /** Makes the framework hold exactly the folder's bundles under this scheme. */
  List<Bundle> install() throws LauncherException {
    Map<String, Path> wanted = new LinkedHashMap<>();
    for (Path jar : Home.jars(folder)) {
      wanted.put(scheme + Home.name(jar) + "#" + checksum(jar), jar);
    }
    for (Bundle old : context.getBundles()) {
      if (old.getLocation().startsWith(scheme) && !wanted.containsKey(old.getLocation())) {
        uninstall(old);
      }
    }
    List<Bundle> installed = new ArrayList<>();
    for (Map.Entry<String, Path> entry : wanted.entrySet()) {
      installed.add(install(entry.getKey(), entry.getValue()));
    }
    return installed;
  }

  private Bundle install(String location, Path jar) throws LauncherException {
    Bundle present = context.getBundle(location);
    if (present != null) {
      return present;
    }
    try (InputStream content = new BufferedInputStream(Files.newInputStream(jar))) {
      return context.installBundle(location, content);
    } catch (IOException | BundleException e) {
      throw new LauncherException(
          jar + " is no bundle that this framework can install (" + LauncherException.reason(e)
              + "): remove or replace the file",
          e);
    }
  }

  private static void uninstall(Bundle bundle) throws LauncherException {
    try {
      bundle.uninstall();
    } catch (BundleException e) {
      throw new LauncherException(
          "cannot replace " + bundle.getSymbolicName() + ": " + LauncherException.reason(e), e);
    }
  }

  private static String checksum(Path jar) throws LauncherException {
    try {
      CRC32 crc = new CRC32();
      crc.update(Files.readAllBytes(jar));
      return Long.toHexString(crc.getValue());
    } catch (IOException e) {
      throw new LauncherException("cannot read " + jar, e);
    }
  }
}
