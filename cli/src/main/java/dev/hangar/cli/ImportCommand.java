package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.client.Query;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hangar import}: a file that the server has becomes a table, and stays where it is. */
@Command(
    name = "import",
    description = {
      "Makes a table of a file on the server, in place of what is there.",
      "A file of this machine is what put is for."
    },
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
  @Mixin private Session session;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "The file or folder below the server's --datasets, as ls shows it.")
  private String file;

  @Parameters(index = "1", paramLabel = "NAME", description = "The table.")
  private String name;

  @Option(names = "--create", description = "Fails if there is a table of that name.")
  private boolean create;

  @Override
  public Integer call() throws IOException {
    String sql =
        "CREATE %sTABLE %s AS SELECT * FROM %s"
            .formatted(create ? "" : "OR REPLACE ", SqlNames.quoted(name), SqlNames.quoted(file));
    try (Hangar hangar = session.connect()) {
      long rows = count(hangar, sql);
      session.out().println("imported " + file + " as " + name + ": " + Text.rows(rows));
    }
    return ExitCode.OK;
  }

  /** A file is a table to the server, and what it lacks a table that it does not know. */
  private long count(Hangar hangar, String sql) throws IOException {
    try {
      return new StatementRun(hangar, session.terminal(), session.err()).count(Query.of(sql));
    } catch (StatusException e) {
      throw e.code() == StatusCode.NOT_FOUND
          ? new FailedException(
              "the server has no file or folder "
                  + file
                  + " below its --datasets: "
                  + e.description()
                  + "; 'hangar put' sends a file of this machine",
              e)
          : e;
    }
  }
}
