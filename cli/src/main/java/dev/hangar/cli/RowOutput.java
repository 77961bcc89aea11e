package dev.hangar.cli;

import dev.hangar.query.file.DataFileWriter;
import dev.hangar.query.file.FileFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where the rows go that a command gets, and as what. */
@Command
final class RowOutput {
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

  /** Whether a person is to read the rows on {@code terminal}. */
  boolean isShown(Terminal terminal) {
    return output == null && format == null && terminal.isOutput();
  }

  /**
   * Writes all of {@code rows}.
   *
   * @return how many there were
   */
  long write(ArrowReader rows, BufferAllocator allocator, Session session) throws IOException {
    var writer = new DataFileWriter(allocator, done -> {});
    if (output == null) {
      return writer.write(rows, session.stdout(), format == null ? FileFormat.CSV : format.format);
    }
    return format == null ? writer.write(rows, output) : writer.write(rows, output, format.format);
  }
}
