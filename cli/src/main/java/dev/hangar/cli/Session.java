package dev.hangar.cli;

import dev.hangar.client.Hangar;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which server a command talks to, and where it writes. */
@Command
final class Session {
  private static final String DEFAULT = "grpc://127.0.0.1:8815";

  @Spec(Target.MIXEE)
  private CommandSpec command;

  /** A client; nothing is connected yet. */
  Hangar connect() {
    String variable = System.getenv("HANGAR_URL");
    String option = main().url();
    String chosen =
        option != null ? option : variable != null && !variable.isBlank() ? variable : DEFAULT;
    return Hangar.connect(chosen);
  }

  PrintWriter out() {
    return command.commandLine().getOut();
  }

  /** Standard output for bytes; fails when nobody reads it any more. */
  OutputStream stdout() {
    out().flush();
    return new PipeOutput(main().stdout());
  }

  Terminal terminal() {
    return main().terminal();
  }

  /** A bar on standard error, where that is a terminal. */
  ProgressBar progress(String what, OptionalLong rows) {
    return new ProgressBar(
        what, rows, terminal().progress(), command.commandLine().getErr(), System::nanoTime);
  }

  private Main main() {
    return (Main) command.root().userObject();
  }
}
