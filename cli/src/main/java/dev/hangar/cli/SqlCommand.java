package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.client.Query;
import dev.hangar.server.TimeSpan;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hangar sql}: statements over tables become tables, files, streams, something to read. */
@Command(
    name = "sql",
    description = {
      "Runs SQL (DuckDB's) over tables and datasets; names with a / stand in double quotes.",
      "Without a statement: reads them from a pipe, or asks for them at a terminal."
    },
    footer = {
      "Of several statements, the rows of the last go to the file or pipe.",
      "Example: hangar sql 'select city, avg(km) from trips where km > ? group by 1' --param 5"
    },
    mixinStandardHelpOptions = true)
final class SqlCommand implements Callable<Integer> {
  @Mixin private Session session;
  @Mixin private RowOutput output;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "STATEMENT",
      description = "The statement; several with ; between.")
  private @Nullable String statement;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "A file with the statements instead.")
  private @Nullable Path file;

  @Option(
      names = "--param",
      paramLabel = "V",
      description =
          "The next ?, or name=V for $$name: a number, true, false, null, [a list], or text"
              + " (\"5\" in quotes, and =V for a text like name=V, are text).")
  private List<String> parameters = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long a statement may run, as in 500ms, 30s or 10m.")
  private @Nullable String timeout;

  @Option(
      names = "--no-cache",
      description = "Runs it in any case, and does not have the server keep the answer.")
  private boolean noCache;

  @Override
  public Integer call() throws IOException {
    Query pattern = pattern();
    if (statement != null && file != null) {
      throw session.misuse("which statement? the one given, or that of --file " + file);
    }
    try (Hangar hangar = session.connect()) {
      String text = text();
      if (text != null) {
        run(hangar, pattern, text);
      } else {
        SqlPrompt.run(hangar, session, pattern);
      }
    }
    return ExitCode.OK;
  }

  /** The options, but for the statement. */
  private Query pattern() {
    try {
      Duration span = timeout == null ? null : TimeSpan.parse(timeout);
      return new Query("", SqlParameters.of(parameters), span, !noCache);
    } catch (IllegalArgumentException e) {
      throw session.misuse("--timeout: " + e.getMessage());
    }
  }

  /** The statements; null where they are to be asked for. */
  private @Nullable String text() throws IOException {
    if (statement != null) {
      return statement;
    }
    if (file != null) {
      try {
        return Files.readString(file);
      } catch (NoSuchFileException e) {
        throw new FailedException("there is no file " + file, e);
      }
    }
    if (!session.terminal().input()) {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (!session.terminal().isOutput() || !output.isShown(session.terminal())) {
      throw session.misuse("which statement? give one, or --file, or a pipe with some");
    }
    return null;
  }

  private void run(Hangar hangar, Query pattern, String text) throws IOException {
    List<SqlText.Statement> statements = SqlText.of(text).statements();
    if (statements.isEmpty()) {
      throw session.misuse("there is no statement in what was given");
    }
    var run = new StatementRun(hangar, session.terminal(), session.err());
    try (var _ = new StopSignal()) {
      for (int i = 0; i < statements.size(); i++) {
        boolean isLast = i == statements.size() - 1;
        run(hangar, run, pattern, text, statements.get(i), isLast);
      }
    }
  }

  private void run(
      Hangar hangar,
      StatementRun run,
      Query pattern,
      String text,
      SqlText.Statement statement,
      boolean isLast)
      throws IOException {
    try {
      run(hangar, run, pattern.sql(statement.sql()), isLast);
    } catch (StatusException e) {
      throw StatementRun.explained(e, text, statement.start());
    }
  }

  private void run(Hangar hangar, StatementRun run, Query query, boolean isLast)
      throws IOException {
    if (output.isShown(session.terminal())) {
      run.show(query, session.out());
    } else if (isLast) {
      run.use(query, rows -> output.write(rows, hangar.allocator(), session));
    } else {
      run.use(query, StatementRun::drain);
    }
  }
}
