package dev.hangar.cli;

import dev.hangar.client.BatchMemory;
import dev.hangar.client.Hangar;
import dev.hangar.client.PutOptions;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.arrow.vector.ipc.ArrowReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hangar export}: a table becomes a Parquet file that the server has. */
@Command(
    name = "export",
    description = {
      "Writes a table to a Parquet file on the server, below its --datasets.",
      "A file on this machine is what get -o is for."
    },
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  private static final String ENDING = ".parquet";

  @Mixin private Session session;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "The table, or a version of it, as in sales@7.")
  private String name;

  @Parameters(index = "1", paramLabel = "FILE", description = "The file, ending in .parquet.")
  private String file;

  /** The rows come here and go back: a statement that writes files is none the server takes. */
  @Override
  public Integer call() throws IOException {
    if (!file.endsWith(ENDING)) {
      throw session.misuse("a server writes Parquet files: " + file + " has to end in " + ENDING);
    }
    try (Hangar hangar = session.connect();
        var bar = session.progress("export " + name, OptionalLong.of(hangar.info(name).rows()));
        ArrowReader rows = hangar.get(name)) {
      var how = PutOptions.DEFAULT.kind(PutOptions.Kind.FILE);
      var sent = hangar.put(file, rows, bar, BatchMemory.FRESH, how);
      bar.done(sent.rows(), sent.bytes());
    } catch (StatusException e) {
      boolean isNoFile = e.detail().filter(d -> d.code().equals("NOT_A_FILE")).isPresent();
      throw isNoFile ? noFolder(e) : e;
    }
    return ExitCode.OK;
  }

  private FailedException noFolder(StatusException failure) {
    return new FailedException(
        file
            + " is below no folder of the server's, and nothing was written; it serves folders"
            + " with --datasets, and 'hangar get -o' writes files of this machine",
        failure);
  }
}
