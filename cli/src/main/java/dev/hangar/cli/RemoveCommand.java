package dev.hangar.cli;

import dev.hangar.client.Hangar;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hangar rm}: tables removed. */
@Command(name = "rm", description = "Removes tables.", mixinStandardHelpOptions = true)
final class RemoveCommand implements Callable<Integer> {
  @Mixin private Session session;

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "The tables.")
  private List<String> names;

  /** Stops at the first that is not there; what the server says of it names those that are near. */
  @Override
  public Integer call() {
    try (Hangar hangar = session.connect()) {
      for (String name : names) {
        if (!hangar.drop(name)) {
          hangar.info(name);
        }
        session.out().println("removed " + name);
      }
    }
    return ExitCode.OK;
  }
}
