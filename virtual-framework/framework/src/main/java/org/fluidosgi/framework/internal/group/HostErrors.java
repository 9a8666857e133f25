package org.fluidosgi.framework.internal.group;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;

/** Host frameworks' failures in one line that names cause and remedy. Felix and Equinox word an unresolved bundle differently. */
final class HostErrors {
  /** Most characters of a message that travels. */
  static final int MESSAGE_CHARS_MAX = 1_000;

  private static final Pattern FELIX = Pattern.compile(
      "missing requirement \\[[^\\]]*\\]\\([^)]*\\)\\] ([^;\\s]+); (\\(.*?\\))(?=\\s|\\]|$)");
  private static final Pattern EQUINOX = Pattern.compile("Unresolved requirement: ([^\\n]+)");
  private static final Pattern EQUINOX_PART =
      Pattern.compile("^(Import-Package|Require-Bundle|Require-Capability|Fragment-Host): (.*)$");

  /** What the resolver of both says of packages of which a bundle would see two. */
  private static final String TORN = "Uses constraint violation";

  private HostErrors() {}

  /** The conflict of packages, the missing requirement, the activator's failure, or the message itself; in one line. */
  static String cause(Throwable failure) {
    if (failure instanceof BundleException bundle
        && bundle.getType() == BundleException.ACTIVATOR_ERROR) {
      Throwable root = bundle.getCause() == null ? bundle : bundle.getCause();
      return "its activator failed: " + oneLine(named(root));
    }
    String text = String.valueOf(failure.getMessage());
    int torn = text.indexOf(TORN);
    if (torn >= 0) {
      return "it does not resolve: "
          + oneLine(text.substring(torn)); // all that is missing is there
    }
    String missing = missing(text);
    if (missing == null && failure.getCause() != null) {
      missing = missing(String.valueOf(failure.getCause().getMessage()));
    }
    if (missing != null) {
      return "it does not resolve, missing " + missing
          + ": install a bundle that provides it there";
    }
    return oneLine(failure.getMessage() == null ? named(failure) : text);
  }

  private static String named(Throwable failure) {
    String name = failure.getClass().getSimpleName();
    return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
  }

  /** The innermost missing requirement, since frameworks tell the way to it. */
  private static @Nullable String missing(String text) {
    String found = null;
    Matcher felix = FELIX.matcher(text);
    while (felix.find()) {
      found = felix.group(1) + " " + felix.group(2);
    }
    Matcher equinox = EQUINOX.matcher(text);
    while (equinox.find()) {
      Matcher part = EQUINOX_PART.matcher(equinox.group(1).trim());
      found = part.matches()
          ? part.group(1) + " " + part.group(2)
          : equinox.group(1).trim();
    }
    return found == null ? null : oneLine(found);
  }

  /** Where a thread is, as far as that is not the JDK. */
  static String where(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .filter(each -> !each.getClassName().matches("(java|javax|jdk|sun)\\..*"))
        .findFirst()
        .map(each -> "in " + each)
        .orElse("nowhere in particular");
  }

  /** The text without line breaks and repeated blanks, cut to a length that fits a terminal. */
  static String oneLine(String text) {
    String line = text.replaceAll("\\s+", " ").trim();
    return line.length() <= MESSAGE_CHARS_MAX ? line : line.substring(0, MESSAGE_CHARS_MAX) + "...";
  }
}
