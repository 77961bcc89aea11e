package dev.hangar.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is said of arguments that are wrong, as one sentence that says what to do. */
final class Misuse {
  private Misuse() {}

  static String sentence(ParameterException misuse) {
    CommandSpec command = misuse.getCommandLine().getCommandSpec();
    String how = "; '" + command.qualifiedName() + " --help' says how";
    if (misuse instanceof UnmatchedArgumentException unknown) {
      return unmatched(unknown, command) + how;
    }
    String what = String.valueOf(misuse.getMessage());
    return (what.endsWith(".") ? what.substring(0, what.length() - 1) : what) + how;
  }

  private static String unmatched(UnmatchedArgumentException unknown, CommandSpec command) {
    List<String> arguments = unknown.getUnmatched();
    if (arguments.stream().anyMatch(LogIn::isSecretOption)) {
      return LogIn.NO_ARGUMENT; // what follows it is not repeated
    }
    String first = arguments.getFirst();
    if (first.startsWith("-")) {
      return "there is no option " + first;
    }
    return command.subcommands().isEmpty()
        ? "'" + first + "' is one argument too many"
        : "there is no command '" + first + "'";
  }
}
