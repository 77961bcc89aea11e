package dev.hangar.cli;

import dev.hangar.client.Hangar;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hangar mv}: a table under another name. */
@Command(
    name = "mv",
    description = "Gives a table another name, which no table may have.",
    mixinStandardHelpOptions = true)
final class MoveCommand implements Callable<Integer> {
  @Mixin private Session session;

  @Parameters(index = "0", paramLabel = "FROM", description = "The table.")
  private String from;

  @Parameters(index = "1", paramLabel = "TO", description = "Its new name.")
  private String to;

  @Override
  public Integer call() {
    try (Hangar hangar = session.connect()) {
      hangar.rename(from, to);
      session.out().println("renamed " + from + " to " + to);
    }
    return ExitCode.OK;
  }
}
