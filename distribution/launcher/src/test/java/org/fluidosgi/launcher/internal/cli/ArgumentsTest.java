package org.fluidosgi.launcher.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {
  @ParameterizedTest
  @CsvSource({
    "'', 'a verb is missing'",
    "nod, 'did you mean node'",
    "node --port=x, '--port'",
    "node --port=0, '--port 0 is not in 1..65535'",
    "node --port=65536, '--port 65536 is not in 1..65535'",
    "node --join=localhost, 'localhost'",
    "node --join=a:1#b, '''b'''",
    "node --join=a:99999, '''a:99999'''",
    "node --framework=knopflerfish, 'felix, equinox'",
    "node --bundles=/no/such/folder, '/no/such/folder'",
    "node --name=a/b, '--name'",
    "node --set=x, '--set'",
    "node surplus, 'surplus'",
    "demo surplus, 'surplus'"
  })
  void badArgumentsAreOneLineAndExitTwo(String arguments, String named) {
    PrintStream before = System.err;
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int code;
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    try {
      code = FluidVerb.run(
          arguments.isEmpty() ? new String[0] : arguments.replace('#', ',').split(" "));
    } finally {
      System.setErr(before);
    }
    String text = errors.toString(StandardCharsets.UTF_8);
    assertEquals(2, code, text);
    assertEquals(1, text.lines().count(), text);
    assertTrue(text.startsWith("fluid: ") && text.contains(named), text);
  }

  @Test
  void helpOfEveryVerbExitsZero() {
    for (List<String> arguments :
        List.of(List.of("--help"), List.of("node", "--help"), List.of("demo", "--help"))) {
      PrintStream before = System.out;
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      int code;
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      try {
        code = FluidVerb.run(arguments.toArray(new String[0]));
      } finally {
        System.setOut(before);
      }
      assertEquals(0, code);
      assertTrue(out.toString(StandardCharsets.UTF_8).startsWith("Usage: fluid"));
    }
  }
}
