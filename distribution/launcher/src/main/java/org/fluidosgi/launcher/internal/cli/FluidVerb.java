package org.fluidosgi.launcher.internal.cli;

import java.io.PrintWriter;
import org.fluidosgi.launcher.internal.Home;
import org.fluidosgi.launcher.internal.LauncherException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code fluid}: only verbs, nothing of its own. */
@Command(
    name = "fluid",
    mixinStandardHelpOptions = true,
    versionProvider = LauncherVersion.class,
    synopsisSubcommandLabel = "VERB",
    description = "Fluid OSGi: a changing group of machines behaves like one OSGi framework.")
public final class FluidVerb implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a verb is missing");
  }

  /** Runs the verb that the arguments name; the result is the exit code. */
  public static int run(String[] arguments) {
    CommandLine bench = new CommandLine(new BenchVerb());
    bench.getCommandSpec().usageMessage().hidden(!BenchVerb.present());
    CommandLine line = new CommandLine(new FluidVerb())
        .addSubcommand(new NodeVerb())
        .addSubcommand(new DemoVerb())
        .addSubcommand(new SimVerb())
        .addSubcommand(bench);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(FluidVerb::badArguments);
    line.setExecutionExceptionHandler(FluidVerb::failed);
    return line.execute(arguments);
  }

  private static int badArguments(ParameterException problem, String[] arguments) {
    CommandLine line = problem.getCommandLine();
    StringBuilder text = new StringBuilder(LauncherException.line(problem.getMessage()));
    if (problem instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      text.append(" (did you mean ")
          .append(String.join(" or ", unmatched.getSuggestions()))
          .append("?)");
    }
    complain(line, text + "; try " + line.getCommandSpec().qualifiedName() + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception problem, CommandLine line, CommandLine.ParseResult parsed) {
    String message = problem instanceof LauncherException
        ? LauncherException.line(problem.getMessage())
        : problem.getClass().getSimpleName() + ": " + LauncherException.reason(problem);
    complain(line, message);
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static void complain(CommandLine line, String message) {
    PrintWriter errors = line.getErr();
    errors.println("fluid: " + message);
    errors.flush();
  }

  /** Home of this run, for verbs. */
  static Home home() throws LauncherException {
    return Home.find();
  }
}
