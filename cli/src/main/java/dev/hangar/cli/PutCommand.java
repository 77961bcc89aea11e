package dev.hangar.cli;

import dev.hangar.client.BatchMemory;
import dev.hangar.client.Hangar;
import dev.hangar.client.TransferSummary;
import dev.hangar.query.DataFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hangar put}: a file becomes a table. */
@Command(
    name = "put",
    description = "Puts a file under a name, in place of what is there.",
    footer = "Reads Parquet, CSV, JSON lines and Arrow files, known by content, then by ending.",
    mixinStandardHelpOptions = true)
final class PutCommand implements Callable<Integer> {
  private static final String STDIN = "-";

  @Mixin private Session session;

  @Parameters(index = "0", paramLabel = "NAME", description = "The table, as in sales/2024.")
  private String name;

  @Parameters(index = "1", paramLabel = "FILE", description = "The file; - is standard input.")
  private String file;

  @Override
  public Integer call() throws IOException {
    try (Hangar hangar = session.connect();
        DataFile data = open(hangar)) {
      try (var bar = session.progress("put " + name, data.rows())) {
        TransferSummary sent = hangar.put(name, data.reader(), bar, BatchMemory.FRESH);
        bar.done(sent.rows(), sent.bytes());
      }
    }
    return ExitCode.OK;
  }

  private DataFile open(Hangar hangar) throws IOException {
    return file.equals(STDIN)
        ? DataFile.open(System.in, "stdin", hangar.allocator())
        : DataFile.open(Path.of(file), hangar.allocator());
  }
}
