package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.query.file.DataFileWriter;
import dev.hangar.query.file.FileFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Locale;
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
  /** What {@code --format} takes. */
  enum Format {
    ARROW(FileFormat.ARROW_STREAM),
    CSV(FileFormat.CSV),
    JSON(FileFormat.JSON_LINES),
    PARQUET(FileFormat.PARQUET);

    private final FileFormat format;

    Format(FileFormat format) {
      this.format = format;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Mixin private Session session;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "The table, or a version of it, as in sales@7.")
  private String name;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The file to write; its ending decides the format.")
  private @Nullable Path output;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}; for a pipe, where it is csv unless said.")
  private @Nullable Format format;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description =
          "How many connections share a large table (default: up to 2 to this machine, 4 to others).")
  private @Nullable Integer connections;

  @Override
  public Integer call() throws IOException {
    try (Hangar hangar = session.connect(connections)) {
      if (output == null && format == null && session.terminal().isOutput()) {
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
      var writer = new DataFileWriter(hangar.allocator(), done -> {});
      long written = write(writer, table);
      bar.done(written, table.bytesRead());
    }
  }

  private long write(DataFileWriter writer, ArrowReader table) throws IOException {
    if (output == null) {
      OutputStream out = session.stdout();
      return writer.write(table, out, format == null ? FileFormat.CSV : format.format);
    }
    return format == null
        ? writer.write(table, output)
        : writer.write(table, output, format.format);
  }
}
