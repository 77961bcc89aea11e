package dev.hangar.query.file;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A format of files that tables are read from and written to. */
public enum FileFormat {
  PARQUET("Parquet", "parquet", "pq"),
  CSV("CSV", "csv", "tsv", "txt"),
  /** One JSON object a line; a file that holds one array of objects is read too. */
  JSON_LINES("JSON lines", "json", "jsonl", "ndjson"),
  /** The Arrow IPC file format, also known as Feather V2: can be read at random. */
  ARROW_FILE("Arrow file", "arrow", "feather", "ipc"),
  /** The Arrow IPC stream format. */
  ARROW_STREAM("Arrow stream", "arrows");

  private static final String GZIP_ENDING = ".gz";

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> endings;

  FileFormat(String label, String... endings) {
    this.label = label;
    this.endings = List.of(endings);
  }

  /** What people call it. */
  public String label() {
    return label;
  }

  /** Whether it is lines of text, which may be compressed as a whole with gzip. */
  public boolean isText() {
    return this == CSV || this == JSON_LINES;
  }

  /** The format that the ending of a file's name stands for, {@code .gz} aside. */
  public static Optional<FileFormat> ofEnding(Path file) {
    String ending = ending(file);
    return Arrays.stream(values()).filter(format -> format.endings.contains(ending)).findFirst();
  }

  /** Every ending that can be written, for messages. */
  public static String endings() {
    return Arrays.stream(values())
        .flatMap(format -> format.endings.stream())
        .map(ending -> "." + ending)
        .collect(Collectors.joining(", "));
  }

  static boolean isGzip(Path file) {
    return name(file).endsWith(GZIP_ENDING);
  }

  static boolean isTabSeparated(Path file) {
    return ending(file).equals("tsv");
  }

  private static String ending(Path file) {
    String name = name(file);
    String plain =
        name.endsWith(GZIP_ENDING) ? name.substring(0, name.length() - GZIP_ENDING.length()) : name;
    return plain.substring(plain.lastIndexOf('.') + 1);
  }

  private static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
  }
}
