package dev.hangar.cli;

import dev.hangar.server.Credentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    try {
      output.out().println(Credentials.line(user, password()));
    } catch (IllegalArgumentException e) {
      throw output.misuse(String.valueOf(e.getMessage()));
    }
    return ExitCode.OK;
  }

  private String password() throws IOException {
    if (file != null) {
      return SecretFile.read(file, "password");
    }
    return output.terminal().input()
        ? asked()
        : SecretFile.firstLine(System.in, "standard input", "password");
  }

  /** Asked twice, since nobody sees what is typed. */
  private String asked() {
    Environment environment = output.main().environment();
    String first = environment.ask("Password for " + user + ": ");
    String second = first == null ? null : environment.ask("The same again: ");
    if (first == null || second == null) {
      throw new FailedException("no terminal to ask at; --password-file FILE has the password");
    }
    if (!first.equals(second)) {
      throw new FailedException("these were two different passwords; nothing is written");
    }
    return first;
  }
}
