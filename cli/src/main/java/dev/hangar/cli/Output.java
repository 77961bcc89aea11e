package dev.hangar.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where a command writes. */
@Command
class Output {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  /** What is said to somebody who asked wrongly. */
  final ParameterException misuse(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  final PrintWriter out() {
    return command.commandLine().getOut();
  }

  final PrintWriter err() {
    return command.commandLine().getErr();
  }

  /** Standard output for bytes; fails when nobody reads it any more. */
  final OutputStream stdout() {
    out().flush();
    return new PipeOutput(main().stdout());
  }

  final Terminal terminal() {
    return main().terminal();
  }

  /** A bar on standard error, where that is a terminal. */
  final ProgressBar progress(String what, OptionalLong rows) {
    return new ProgressBar(what, rows, terminal().progress(), err(), System::nanoTime);
  }

  /** A bar of what is counted in bytes alone. */
  final ProgressBar progress(String what) {
    return progress(what, OptionalLong.empty());
  }

  final Main main() {
    return (Main) command.root().userObject();
  }
}
