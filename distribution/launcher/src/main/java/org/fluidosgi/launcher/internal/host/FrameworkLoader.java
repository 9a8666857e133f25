package org.fluidosgi.launcher.internal.host;

import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import org.fluidosgi.launcher.internal.Home;
import org.fluidosgi.launcher.internal.LauncherException;
import org.fluidosgi.launcher.internal.NodeOptions;
import org.jline.reader.LineReader;

/** Class loader of one framework: the framework's jar, this program's own jar and that of its prompt, nothing else.
 * So the choice of framework is made at run time and the command line's libraries stay out of its sight. */
public final class FrameworkLoader {
  private FrameworkLoader() {}

  /** Runs a node until it ends; the result is the exit code. */
  public static int run(NodeOptions options) throws Exception {
    Home home = new Home(options.home());
    Path framework = home.jar(
        "frameworks", options.framework().equals("felix") ? "org.apache.felix" : "org.eclipse");
    URL[] classPath = {
      url(framework),
      url(Home.ownJar()),
      url(Home.jarOf(LineReader.class)),
      url(Home.jarOf(org.jline.terminal.Terminal.class))
    };
    // Not closed: shutdown hooks load from it until the process ends.
    @SuppressWarnings("resource")
    ClassLoader loader =
        new URLClassLoader("framework", classPath, ClassLoader.getPlatformClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    try {
      return (Integer) Class.forName(NodeRun.class.getName(), true, loader)
          .getMethod("run", Map.class)
          .invoke(null, options.toTexts());
    } catch (InvocationTargetException e) {
      throw new LauncherException(LauncherException.reason(e), e);
    }
  }

  private static URL url(Path path) throws MalformedURLException {
    return path.toUri().toURL();
  }
}
