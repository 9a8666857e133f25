package org.fluidosgi.itests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What another JVM of this machine uses, read from outside with jcmd and /proc.
 * Threads: any; each reading blocks up to {@value #JCMD_SECONDS_MAX} s. */
public final class JvmReadings {
  private static final int JCMD_SECONDS_MAX = 20;
  private static final Pattern THREAD = Pattern.compile("^\"(.*)\" #\\d+.*", Pattern.MULTILINE);
  private static final Pattern G1_USED =
      Pattern.compile("garbage-first heap\\s+total \\S+?, used (\\d+)K");
  private static final Pattern SERIAL_USED =
      Pattern.compile("(?:def new|tenured) generation\\s+total \\S+?, used (\\d+)K");

  private final long pid;

  public JvmReadings(long pid) {
    this.pid = pid;
  }

  /** Names of the live Java threads, with how often each occurs. */
  public TreeMap<String, Integer> threads() {
    TreeMap<String, Integer> names = new TreeMap<>();
    Matcher threads = THREAD.matcher(jcmd("Thread.print"));
    while (threads.find()) {
      names.merge(threads.group(1), 1, Integer::sum);
    }
    if (names.isEmpty()) {
      throw new IllegalStateException("no threads in what jcmd printed of process " + pid);
    }
    return names;
  }

  /** How many live Java threads there are. */
  public int threadCount() {
    return threads().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many file descriptors are open; Linux only. */
  public int descriptorCount() {
    return descriptors().size();
  }

  /** What the open descriptors are, for messages; Linux only. */
  public List<String> descriptors() {
    try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return entries.map(JvmReadings::target).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "closed meanwhile";
    }
  }

  /** Used heap in bytes after a full collection. */
  public long heapAfterGc() {
    jcmd("GC.run");
    String info = jcmd("GC.heap_info");
    Matcher g1 = G1_USED.matcher(info);
    if (g1.find()) {
      return Long.parseLong(g1.group(1)) << 10;
    }
    Matcher serial = SERIAL_USED.matcher(info);
    long kilobytes = 0;
    boolean found = false;
    while (serial.find()) {
      kilobytes += Long.parseLong(serial.group(1));
      found = true;
    }
    if (!found) {
      throw new IllegalStateException("cannot read the heap of process " + pid + " from: " + info);
    }
    return kilobytes << 10;
  }

  /** The thread dump, for messages of failed tests. */
  public String dump() {
    return jcmd("Thread.print");
  }

  private String jcmd(String command) {
    try {
      Process process = new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
              Long.toString(pid),
              command)
          .redirectErrorStream(true)
          .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(JCMD_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException("jcmd " + pid + " " + command + ": " + text);
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
