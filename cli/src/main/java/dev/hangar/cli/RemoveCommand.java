package dev.hangar.cli;

import dev.hangar.client.Hangar;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hangar rm}: tables removed. */
@Command(name = "rm", description = "Removes tables.", mixinStandardHelpOptions = true)
final class RemoveCommand implements Callable<Integer> {
  @Mixin private Session session;

  @Parameters(arity = "0..*", paramLabel = "NAME", description = "The tables.")
  private List<String> names = List.of();

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      description = "All tables whose name begins with these segments, as in sales for sales/2024.")
  private @Nullable String prefix;

  /** Stops at the first that is not there; what the server says of it names those that are near. */
  @Override
  public Integer call() {
    if (names.isEmpty() && prefix == null) {
      throw session.misuse("which tables? name them, or say --prefix");
    }
    try (Hangar hangar = session.connect()) {
      for (String name : names) {
        if (!hangar.drop(name)) {
          hangar.info(name);
        }
        session.out().println("removed " + name);
      }
      if (prefix != null) {
        int count = hangar.dropPrefix(prefix).size();
        session.out().println("removed " + count + (count == 1 ? " table" : " tables"));
      }
    }
    return ExitCode.OK;
  }
}
