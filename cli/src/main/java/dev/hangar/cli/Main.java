package dev.hangar.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The {@code hangar} command. */
@Command(
    name = "hangar",
    description = "Tables under names, over Arrow Flight.",
    mixinStandardHelpOptions = true,
    version = "hangar 0.1.0",
    subcommands = {
      ServeCommand.class,
      PutCommand.class,
      GetCommand.class,
      SqlCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      ListCommand.class,
      InfoCommand.class,
      MoveCommand.class,
      RemoveCommand.class,
      VerifyCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      PasswordCommand.class,
      PrimeCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main {
  @Option(
      names = "--url",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description = "The server (default: $HANGAR_URL, or grpc://127.0.0.1:8815).")
  private @Nullable String url;

  private final PrintStream stdout;
  private final Terminal terminal;

  private Main(PrintStream stdout, Terminal terminal) {
    this.stdout = stdout;
    this.terminal = terminal;
  }

  PrintStream stdout() {
    return stdout;
  }

  @Nullable String url() {
    return url;
  }

  Terminal terminal() {
    return terminal;
  }

  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err, Terminal.current()));
  }

  /**
   * Runs one command.
   *
   * @return 0 where it did what was asked, 1 where it failed, 2 where it was asked wrongly
   */
  static int run(String[] args, PrintStream stdout, PrintStream stderr, Terminal terminal) {
    var out = new PrintWriter(stdout, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(stderr, true, StandardCharsets.UTF_8);
    return new CommandLine(new Main(stdout, terminal))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, err))
        .setParameterExceptionHandler((misuse, parsed) -> misused(misuse, err))
        .execute(args);
  }

  private static int failed(Exception failure, PrintWriter err) {
    if (failure instanceof ClosedOutputException) {
      return ExitCode.OK;
    }
    err.println("hangar: " + Failures.sentence(failure));
    if (System.getenv("HANGAR_DEBUG") != null) {
      failure.printStackTrace(err);
    }
    return ExitCode.FAILED;
  }

  private static int misused(ParameterException misuse, PrintWriter err) {
    String command = misuse.getCommandLine().getCommandSpec().qualifiedName();
    err.println("hangar: " + misuse.getMessage() + "; '" + command + " --help' says how");
    return ExitCode.USAGE;
  }
}
