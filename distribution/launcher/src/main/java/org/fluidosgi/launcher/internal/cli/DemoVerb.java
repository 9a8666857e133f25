package org.fluidosgi.launcher.internal.cli;

import java.util.concurrent.Callable;
import org.fluidosgi.launcher.internal.demo.Demo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fluid demo}: three processes become one framework, one of them is killed. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Shows three framework processes behaving like one, in under a minute.",
      "Ends with 'demo: ok' and exit 0, or says what went wrong and exits 1."
    })
final class DemoVerb implements Callable<Integer> {
  @Option(names = "--keep", description = "Keep data and logs also after success.")
  private boolean keep;

  @Override
  public Integer call() throws Exception {
    return Demo.run(FluidVerb.home(), keep);
  }
}
