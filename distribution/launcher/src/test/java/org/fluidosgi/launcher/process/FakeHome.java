package org.fluidosgi.launcher.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.fluidosgi.channel.FakeChannel;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.launcher.Main;
import picocli.CommandLine;

/** An unpacked distribution whose only bundles are Gogo and one that stands for ours. */
final class FakeHome {
  private final Path path;

  FakeHome(Path path) throws IOException {
    this.path = path;
    Path bundles = Files.createDirectories(path.resolve("bundles"));
    copy(jar("org.apache.felix.service.command.CommandProcessor"), bundles.resolve("gogo.jar"));
    writeChannel(bundles.resolve("channel.jar"));
    Path frameworks = Files.createDirectories(path.resolve("frameworks"));
    copy(
        jar("org.apache.felix.framework.FrameworkFactory"),
        frameworks.resolve("org.apache.felix.framework.jar"));
    copy(jar("org.eclipse.osgi.launch.EquinoxFactory"), frameworks.resolve("org.eclipse.osgi.jar"));
  }

  Path path() {
    return path;
  }

  String classPath() throws IOException {
    return String.join(
        File.pathSeparator,
        List.of(
            jar(Main.class.getName()).toString(),
            jar(CommandLine.class.getName()).toString(),
            jar("org.jline.reader.LineReader").toString(),
            jar("org.jline.terminal.Terminal").toString()));
  }

  private static void writeChannel(Path file) throws IOException {
    Manifest manifest = new Manifest();
    Attributes headers = manifest.getMainAttributes();
    headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.putValue("Bundle-ManifestVersion", "2");
    headers.putValue("Bundle-SymbolicName", "org.fluidosgi.channel");
    headers.putValue("Bundle-Activator", FakeChannel.class.getName());
    headers.putValue("Import-Package", "org.osgi.framework");
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      for (Class<?> type : new Class<?>[] {
        LocalNode.class, LocalNode.Info.class, FakeChannel.class, FakeChannel.Commands.class
      }) {
        String name = type.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new ZipEntry(name));
        try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
          in.transferTo(jar);
        }
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to);
  }

  private static Path jar(String className) throws IOException {
    try {
      return Path.of(Class.forName(className, false, FakeHome.class.getClassLoader())
          .getProtectionDomain()
          .getCodeSource()
          .getLocation()
          .toURI());
    } catch (ClassNotFoundException | URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
