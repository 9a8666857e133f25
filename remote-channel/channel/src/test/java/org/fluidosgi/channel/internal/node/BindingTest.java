package org.fluidosgi.channel.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Map;
import org.fluidosgi.channel.Settings;
import org.junit.jupiter.api.Test;

class BindingTest {
  private static Binding binding(Map<String, String> settings) {
    return Binding.read(new Settings(settings::get));
  }

  private static void assertRefused(Map<String, String> settings, String... parts) {
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> binding(settings).advertise(9278));
    for (String part : parts) {
      assertTrue(
          failure.getMessage().contains(part),
          () -> "'" + part + "' is missing in: " + failure.getMessage());
    }
  }

  @Test
  void loopbackUnlessInsecureIsAccepted() {
    assertEquals("127.0.0.1:9300", binding(Map.of()).advertise(9300).toString());
    assertEquals(
        "[0:0:0:0:0:0:0:1]:9300",
        binding(Map.of("fluid.bind.address", "::1")).advertise(9300).toString());
    assertRefused(
        Map.of("fluid.bind.address", "192.0.2.1"), "192.0.2.1", "TLS", "fluid.insecure=true");
    assertRefused(Map.of("fluid.bind.address", "0.0.0.0"), "fluid.insecure=true");
    assertRefused(Map.of("fluid.bind.address", "no-such-host.invalid"), "no such host");
    assertEquals(
        "192.0.2.1:9300",
        binding(Map.of("fluid.bind.address", "192.0.2.1", "fluid.insecure", "true"))
            .advertise(9300)
            .toString());
  }

  @Test
  void wildcardIsNeverAdvertised() {
    Map<String, String> all = Map.of("fluid.bind.address", "0.0.0.0", "fluid.insecure", "true");
    assertRefused(all, "0.0.0.0:9278", "fluid.advertised.address");
    assertRefused(Map.of("fluid.advertised.address", "[::]:1"), "[::]:1", "names no machine");
    assertRefused(Map.of("fluid.advertised.address", "0.0.0.0"), "names no machine");
    assertRefused(Map.of("fluid.advertised.address", "h:99999"), "h:99999", "host:port");
  }

  @Test
  void anAddressThatOnlyThisMachineReachesIsDoubtful() {
    for (String[] row : new String[][] {
      {"0.0.0.0", "127.0.0.1", "only this machine reaches"},
      {"192.0.2.1", "localhost", "only this machine reaches"},
      {"::", "::1", "only this machine reaches"},
      {"127.0.0.1", "192.0.2.1", "unless something forwards it"},
      {"127.0.0.1", "example.org", "unless something forwards it"},
      {"0.0.0.0", "example.org", ""},
      {"0.0.0.0", "192.0.2.1", ""},
      {"127.0.0.1", "127.0.0.1:7", ""},
    }) {
      Binding binding = binding(Map.of(
          "fluid.bind.address", row[0],
          "fluid.advertised.address", row[1],
          "fluid.insecure", "true"));
      String doubt = binding.doubt(binding.advertise(9300)).orElse("");
      assertEquals(row[2].isEmpty(), doubt.isEmpty(), () -> row[0] + " " + row[1] + ": " + doubt);
      assertTrue(doubt.contains(row[2]), doubt);
      assertTrue(doubt.isEmpty() || doubt.contains("fluid.advertised.address"), doubt);
    }
  }

  @Test
  void advertisedAddressMayLackThePort() {
    for (String[] pair : new String[][] {
      {"example.org", "example.org:9300"},
      {"example.org:1", "example.org:1"},
      {"2001:db8::1", "[2001:db8::1]:9300"},
      {"[2001:db8::1]", "[2001:db8::1]:9300"},
      {"[2001:db8::1]:7", "[2001:db8::1]:7"},
    }) {
      assertEquals(
          pair[1],
          binding(Map.of("fluid.advertised.address", pair[0])).advertise(9300).toString());
    }
  }

  @Test
  void firstFreePortOrTheOneNamed() throws Exception {
    assertEquals(9281, binding(Map.of()).bind((host, port) -> {
      if (port < 9281) {
        throw new IOException("in use");
      }
      return port;
    }));
    IOException named = assertThrows(
        IOException.class,
        () -> binding(Map.of("fluid.port", "9300")).bind((host, port) -> {
          throw new IOException("in use");
        }));
    assertTrue(named.getMessage().contains("port 9300 (fluid.port)"), named.getMessage());
    IOException none = assertThrows(
        IOException.class,
        () -> binding(Map.of()).bind((host, port) -> {
          throw new IOException("in use");
        }));
    assertTrue(none.getMessage().contains("9278..9378"), none.getMessage());
  }
}
