package org.fluidosgi.shell.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.fluidosgi.shell.internal.json.Json;

/** A result that prints as JSON.
 * Threads: immutable. */
public record Document(Map<String, Object> document) implements Result {
  /** What that command gives, as JSON where that is wanted. A command that fails then prints its error as JSON and fails as without.
   * Errors: CommandException, the command's. */
  static Result of(boolean json, Supplier<Result> command) {
    if (!json) {
      return command.get();
    }
    try {
      return new Document(command.get().document());
    } catch (CommandException e) {
      System.out.println(new Document(error(e)).text());
      throw e;
    }
  }

  private static Map<String, Object> error(CommandException failure) {
    Map<String, Object> fields = new LinkedHashMap<>(failure.document());
    fields.put("error", String.valueOf(failure.getMessage()));
    return fields;
  }

  @Override
  public String text() {
    return Json.document(document);
  }

  @Override
  public String toString() {
    return text();
  }
}
