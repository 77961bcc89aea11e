package dev.hangar.cli;

import dev.hangar.client.Hangar;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hangar get}: a table becomes a file, a stream, or something to read. */
@Command(
    name = "get",
    description = "Gets a table: to a file, to a pipe, or its first rows to the terminal.",
    mixinStandardHelpOptions = true)
final class GetCommand implements Callable<Integer> {
  @Mixin private Session session;
  @Mixin private RowOutput output;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "The table, or a version of it, as in sales@7.")
  private String name;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description =
          "How many connections share a large table (default: up to 2 to this machine, 4 to others).")
  private @Nullable Integer connections;

  @Override
  public Integer call() throws IOException {
    try (Hangar hangar = session.connect(connections)) {
      if (output.isShown(session.terminal())) {
        show(hangar);
      } else {
        save(hangar);
      }
    }
    return ExitCode.OK;
  }

  private void show(Hangar hangar) throws IOException {
    long rows = hangar.info(name).rows();
    try (ArrowReader table = hangar.get(name)) {
      new TableView(session.terminal(), session.out()).print(table, rows);
    }
  }

  private void save(Hangar hangar) throws IOException {
    long rows = session.terminal().progress() ? hangar.info(name).rows() : -1;
    try (var bar =
            session.progress(
                "get " + name, rows < 0 ? OptionalLong.empty() : OptionalLong.of(rows));
        ArrowReader table = hangar.get(name, bar)) {
      long written = output.write(table, hangar.allocator(), session);
      bar.done(written, table.bytesRead());
    }
  }
}
