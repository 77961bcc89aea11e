package dev.hangar.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The {@code hangar} command. */
@Command(
    name = "hangar",
    description = "Tables under names, over Arrow Flight.",
    mixinStandardHelpOptions = true,
    version = "hangar 0.1.0")
public final class Main {
  /** In the order in which the help shows them. */
  private static final List<Class<?>> COMMANDS =
      List.of(
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
          CommandLine.HelpCommand.class);

  @ArgGroup(exclusive = false, validate = false, heading = ServerOptions.HEADING)
  private ServerOptions server = new ServerOptions();

  private final PrintStream stdout;
  private final Terminal terminal;
  private final Environment environment;

  private Main(PrintStream stdout, Terminal terminal, Environment environment) {
    this.stdout = stdout;
    this.terminal = terminal;
    this.environment = environment;
  }

  PrintStream stdout() {
    return stdout;
  }

  /** What stands before the command's name. */
  ServerOptions server() {
    return server;
  }

  Terminal terminal() {
    return terminal;
  }

  Environment environment() {
    return environment;
  }

  public static void main(String[] args) {
    System.exit(run(args, StandardOutput.ofProcess(), System.err, Terminal.current()));
  }

  /** Runs one command in the environment of this process. */
  static int run(String[] args, PrintStream stdout, PrintStream stderr, Terminal terminal) {
    return run(args, stdout, stderr, terminal, Environment.PROCESS);
  }

  /**
   * Runs one command.
   *
   * @return 0 where it did what was asked, 1 where it failed, 2 where it was asked wrongly
   */
  static int run(
      String[] args,
      PrintStream stdout,
      PrintStream stderr,
      Terminal terminal,
      Environment environment) {
    var out = new PrintWriter(stdout, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(stderr, true, StandardCharsets.UTF_8);
    var command = new CommandLine(new Main(stdout, terminal, environment));
    commands(args).forEach(command::addSubcommand); // first: settings reach those that are there
    command
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler((failure, which, parsed) -> failed(failure, err))
        .setParameterExceptionHandler((misuse, parsed) -> misused(misuse, parsed, err));
    ServerOptions.shortenSynopses(command);
    int code = command.execute(args);
    IOException unwritten = StandardOutput.failure(stdout);
    return unwritten == null || code != ExitCode.OK ? code : failed(unwritten, err);
  }

  /** Those that are named, or else all: picocli takes a tenth of a second to look at all. */
  private static List<Class<?>> commands(String[] args) {
    var words = List.of(args);
    var named = COMMANDS.stream().filter(command -> words.contains(name(command))).toList();
    boolean isHelp = named.contains(CommandLine.HelpCommand.class);
    return named.isEmpty() || isHelp ? COMMANDS : named;
  }

  private static String name(Class<?> command) {
    return command.getAnnotation(Command.class).name();
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

  private static int misused(ParameterException misuse, String[] parsed, PrintWriter err) {
    if (parsed.length == 0) {
      misuse.getCommandLine().usage(err);
    } else {
      err.println("hangar: " + Misuse.sentence(misuse));
    }
    return ExitCode.USAGE;
  }
}
