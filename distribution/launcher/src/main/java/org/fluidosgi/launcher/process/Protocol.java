package org.fluidosgi.launcher.process;

import org.jspecify.annotations.Nullable;

/** The marked lines with which a node answers a program on the other side of its pipe.
 * Shape: U+0004, a word, then blanks between the parts: {@code ready <address>}, {@code out <id> <text>}, {@code ok <id>},
 * {@code error <id> <text>}; an id holds no blank. Every other line is output that nobody asked for. */
public final class Protocol {
  private static final String MARK = "\u0004";

  private Protocol() {}

  /** Kinds of marked lines. */
  public enum Kind {
    /** The node has joined and its initial bundles run; text = its address. */
    READY,
    /** A line of output of a command. */
    OUT,
    /** A command ended well. */
    OK,
    /** A command failed; text = why. */
    ERROR
  }

  /** A marked line taken apart; the id of READY is empty. */
  public record Line(Kind kind, String id, String text) {}

  public static String ready(String address) {
    return MARK + "ready " + address;
  }

  public static String output(String id, String text) {
    return MARK + "out " + id + " " + text;
  }

  public static String ok(String id) {
    return MARK + "ok " + id;
  }

  public static String error(String id, String text) {
    return MARK + "error " + id + " " + text;
  }

  /** The line of input that runs a command under that id. */
  public static String command(String id, String command) {
    return "@" + id + " " + command;
  }

  /** A marked line taken apart, null when the line is not marked. */
  public static @Nullable Line parse(String line) {
    if (!line.startsWith(MARK)) {
      return null;
    }
    String[] parts = line.substring(MARK.length()).split(" ", 3);
    String second = parts.length > 1 ? parts[1] : "";
    String third = parts.length > 2 ? parts[2] : "";
    return switch (parts[0]) {
      case "ready" -> new Line(Kind.READY, "", second);
      case "out" -> new Line(Kind.OUT, second, third);
      case "ok" -> new Line(Kind.OK, second, "");
      case "error" -> new Line(Kind.ERROR, second, third);
      default -> null;
    };
  }
}
