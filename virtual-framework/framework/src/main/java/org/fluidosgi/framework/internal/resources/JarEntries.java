package org.fluidosgi.framework.internal.resources;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** The entries of a bundle whose content is a jar file: by name, by folder, by pattern, as {@code Bundle} gives them.
 * Shape: names without a leading slash, those of folders end with one; folders are there whether or not the jar lists them.
 * Threads: immutable; the file is open only while it is read. Source: core 10.1, {@code Bundle.findEntries}. */
public final class JarEntries {
  private final Path jar;
  private final NavigableSet<String> names;

  private JarEntries(Path jar, NavigableSet<String> names) {
    this.jar = jar;
    this.names = names;
  }

  /** Reads what is in that file. Errors: IOException when it is no jar. */
  public static JarEntries read(Path jar) throws IOException {
    NavigableSet<String> names = new TreeSet<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      zip.stream().map(ZipEntry::getName).map(JarEntries::plain).forEach(name -> {
        names.add(name);
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
          names.add(name.substring(0, slash + 1));
        }
      });
    }
    names.remove("");
    return new JarEntries(jar, names);
  }

  private static String plain(String path) {
    int begin = 0;
    while (begin < path.length() && path.charAt(begin) == '/') {
      begin++;
    }
    return path.substring(begin);
  }

  private static String folder(String path) {
    String plain = plain(path);
    return plain.isEmpty() || plain.endsWith("/") ? plain : plain + "/";
  }

  /** The entry of that path, that of a folder with a slash at its end, {@code /} being the root; null when there is none. */
  public @Nullable URL entry(String path) {
    String name = plain(path);
    return (name.isEmpty() ? !path.isEmpty() : names.contains(name)) ? url(name) : null;
  }

  /** Paths directly in that folder. */
  public List<String> paths(String folder) {
    return in(folder(folder), false, name -> true);
  }

  /** Entries in that folder, or below it too, whose last name fits the pattern; {@code *} stands for any characters, a backslash takes the
   * next one as it is, and null fits all. */
  public List<URL> find(String folder, @Nullable String pattern, boolean recurse) {
    Pattern last = pattern == null ? null : compile(pattern);
    return in(
            folder(folder),
            recurse,
            name -> last == null || last.matcher(lastOf(name)).matches())
        .stream()
        .map(this::url)
        .toList();
  }

  private List<String> in(String folder, boolean recurse, Predicate<String> fits) {
    List<String> found = new ArrayList<>();
    for (String name : names.tailSet(folder, false)) {
      if (!name.startsWith(folder)) {
        break;
      }
      int slash = name.indexOf('/', folder.length());
      boolean direct = slash < 0 || slash == name.length() - 1;
      if ((recurse || direct) && fits.test(name)) {
        found.add(name);
      }
    }
    return found;
  }

  private static String lastOf(String name) {
    String plain = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    return plain.substring(plain.lastIndexOf('/') + 1);
  }

  private static Pattern compile(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '*') {
        regex.append(".*");
      } else {
        if (c == '\\' && i + 1 < pattern.length()) {
          c = pattern.charAt(++i);
        }
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private URL url(String name) {
    try {
      String path = new URI(null, null, "/" + name, null).getRawPath();
      return new URL(null, "jar:" + jar.toUri() + "!" + path, new Uncached());
    } catch (IOException | URISyntaxException e) {
      throw new IllegalArgumentException("entry " + name + " has no URL", e);
    }
  }

  /** The JDK's own jar URLs, which leave no file open: one that is removed and comes back would be read as it was. */
  private static final class Uncached extends URLStreamHandler {
    @Override
    protected URLConnection openConnection(URL url) throws IOException {
      URLConnection connection = new URL(url.toExternalForm()).openConnection();
      connection.setUseCaches(false);
      return connection;
    }
  }
}
