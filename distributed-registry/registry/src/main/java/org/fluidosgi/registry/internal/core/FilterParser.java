package org.fluidosgi.registry.internal.core;

import java.util.ArrayList;
import java.util.List;

/** Reads LDAP filters (core specification 3.2.7) for planning, and says where a wrong one is wrong. What a filter matches is
 * for the framework to say; this only tells its structure. Threads: one, used once. */
final class FilterParser {
  /** Longest filter. */
  static final int CHARS_MAX = 65_536;

  /** Deepest nesting. */
  static final int DEPTH_MAX = 200;

  private final String text;
  private int at;
  private int depth;

  private FilterParser(String text) {
    this.text = text;
  }

  /** The structure. Errors: IllegalArgumentException naming the filter and the character, counted from 1, where it is wrong. */
  static FilterNode parse(String text) {
    if (text.length() > CHARS_MAX) {
      throw new IllegalArgumentException(
          "a filter of " + text.length() + " characters, at most " + CHARS_MAX + " are allowed");
    }
    FilterParser parser = new FilterParser(text);
    FilterNode node = parser.filter();
    if (parser.at < text.length()) {
      throw parser.wrong("nothing may follow the last ')'");
    }
    return node;
  }

  private FilterNode filter() {
    skipSpace();
    if (peek() != '(') {
      throw wrong("'(' expected");
    }
    if (++depth > DEPTH_MAX) {
      throw wrong("nested deeper than " + DEPTH_MAX);
    }
    at++;
    skipSpace();
    FilterNode node = content();
    skipSpace();
    if (peek() != ')') {
      throw wrong("')' expected");
    }
    at++;
    depth--;
    skipSpace();
    return node;
  }

  private FilterNode content() {
    char operator = peek();
    if (operator == '&' || operator == '|' || operator == '!') {
      int begin = at;
      at++;
      skipSpace();
      if (peek() == '(') {
        if (operator == '!') {
          return new FilterNode.Not(filter());
        }
        List<FilterNode> parts = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        while (peek() == '(') {
          int part = at;
          parts.add(filter());
          if (depth == 1) {
            texts.add(text.substring(part, at));
          }
        }
        return operator == '&' ? new FilterNode.And(parts, texts) : new FilterNode.Or(parts);
      }
      at = begin; // the name of an attribute may begin so
    }
    return comparison();
  }

  private FilterNode comparison() {
    String attribute = attribute();
    char operator = peek();
    at++;
    if (operator == '=') {
      return equality(attribute);
    }
    if ("~<>".indexOf(operator) < 0 || peek() != '=') {
      at--;
      throw wrong("'=', '~=', '<=' or '>=' expected");
    }
    at++;
    int begin = at;
    while (peek() != ')') {
      valueCharacter();
    }
    if (at == begin) {
      throw wrong("a value is missing");
    }
    return new FilterNode.Other(attribute);
  }

  private String attribute() {
    int begin = at;
    while ("~<>=()".indexOf(peek()) < 0) {
      at++;
    }
    String name = text.substring(begin, at).stripTrailing();
    if (name.isEmpty()) {
      throw wrong("the name of an attribute is missing");
    }
    return name;
  }

  private FilterNode equality(String attribute) {
    StringBuilder value = new StringBuilder();
    boolean wildcard = false;
    while (peek() != ')') {
      if (peek() == '*') {
        wildcard = true;
        at++;
      } else {
        value.append(valueCharacter());
      }
    }
    return wildcard
        ? new FilterNode.Other(attribute)
        : new FilterNode.Equal(attribute, value.toString());
  }

  private char valueCharacter() {
    char c = peek();
    if (c == '(') {
      throw wrong("'(' in a value is written '\\('");
    }
    at++;
    if (c == '\\') {
      c = peek();
      at++;
    }
    return c;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw wrong("it ends too early");
    }
    return text.charAt(at);
  }

  private IllegalArgumentException wrong(String why) {
    return new IllegalArgumentException(
        "filter " + text + " is wrong at character " + (at + 1) + ": " + why);
  }
}
