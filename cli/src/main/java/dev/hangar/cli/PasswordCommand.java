package dev.hangar.cli;

import dev.hangar.server.Credentials;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hangar password}: the line for a user in a file of credentials. */
@Command(
    name = "password",
    description =
        "Writes the line for a user that 'hangar serve --credentials' reads; the password, which it"
            + " asks for, is not in it.",
    mixinStandardHelpOptions = true)
final class PasswordCommand implements Callable<Integer> {
  @Parameters(paramLabel = "USER", description = "The user's name.")
  private String user;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Where the password is, in the first line (default: it is asked for).")
  private @Nullable Path file;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    try {
      spec.commandLine().getOut().println(Credentials.line(user, password()));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
    return ExitCode.OK;
  }

  @SuppressWarnings("SystemConsoleNull") // never null, but NullAway does not know
  private String password() throws IOException {
    Console console = System.console();
    if (file == null && console != null && console.isTerminal()) {
      char[] typed = console.readPassword("Password for %s: ", user);
      return typed == null ? "" : new String(typed);
    }
    try (BufferedReader lines =
        file == null
            ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
            : Files.newBufferedReader(file)) {
      String first = lines.readLine();
      return first == null ? "" : first;
    }
  }
}
