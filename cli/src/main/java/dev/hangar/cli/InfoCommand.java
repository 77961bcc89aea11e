package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.client.PutOptions.Durability;
import dev.hangar.client.TableInfo;
import dev.hangar.client.VersionInfo;
import dev.hangar.server.ByteSize;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hangar info}: what is known of one table. */
@Command(
    name = "info",
    description = {
      "Says what a table is: rows, size, versions, columns.",
      "Or what the server's memory is used for."
    },
    mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
  /** Types and metadata can be long documents. */
  private static final int LINE_COLUMNS = 200;

  /** What names a version, at the end of a table's name. */
  private static final Pattern NUMBER = Pattern.compile("@([0-9]+)$");

  @Mixin private Session session;

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The table.")
  private @Nullable String table;

  @Option(names = "--memory", description = "Says what the server's memory is used for instead.")
  private boolean memory;

  @Option(names = "--json", description = "With --memory: as JSON, as pipes get it anyway.")
  private boolean json;

  private String name = "";

  @Override
  public Integer call() {
    if (memory == (table != null)) {
      throw session.misuse("info is about a table, NAME, or about --memory");
    }
    if (json && !memory) {
      throw session.misuse("--json goes with --memory");
    }
    try (Hangar hangar = session.connect()) {
      if (table == null) {
        new MemoryView(session).print(hangar.memory(), json);
      } else {
        name = table;
        print(hangar.info(name), versions(hangar));
      }
    }
    return ExitCode.OK;
  }

  /** None where the server is no Hangar. */
  private List<VersionInfo> versions(Hangar hangar) {
    try {
      return hangar.versions(NUMBER.matcher(name).replaceFirst(""));
    } catch (StatusException e) {
      if (e.code() == StatusCode.UNIMPLEMENTED) {
        return List.of();
      }
      throw e;
    }
  }

  /** The version that was asked for: the latest, where none was. */
  private Optional<VersionInfo> asked(List<VersionInfo> versions) {
    Matcher number = NUMBER.matcher(name);
    return versions.stream()
        .filter(version -> !number.find(0) || number.group(1).equals("" + version.version()))
        .findFirst();
  }

  private void print(TableInfo table, List<VersionInfo> versions) {
    PrintWriter out = session.out();
    out.println(session.terminal().bold(line(table.name())));
    out.printf(Locale.ROOT, "rows     %,d%n", table.rows());
    out.printf(Locale.ROOT, "bytes    %,d (%s)%n", table.bytes(), ByteSize.text(table.bytes()));
    asked(versions).ifPresent(version -> print(out, version));
    if (versions.size() > 1) {
      out.printf("versions %d%n", versions.size());
      versions.forEach(version -> out.println("  " + line(version)));
    }
    out.printf("columns  %d%n", table.schema().getFields().size());
    printFields(out, table.schema().getFields(), "  ");
    printMetadata(out, table.schema().getCustomMetadata(), "");
  }

  private static void print(PrintWriter out, VersionInfo version) {
    out.printf("version  %d%n", version.version());
    out.printf("created  %s%n", version.created());
    out.printf("expires  %s%n", version.expires() == null ? "never" : version.expires());
    out.printf("lives    %s%n", version.durability() == Durability.DISK ? "on disk" : "in memory");
    out.printf("parts    %d%n", version.parts());
  }

  private static String line(VersionInfo version) {
    return String.format(
        Locale.ROOT,
        "%d  %s  %s  %s",
        version.version(),
        Text.rows(version.rows()),
        ByteSize.text(version.bytes()),
        version.created());
  }

  /** A line for each column. */
  static void printFields(PrintWriter out, List<Field> fields, String indent) {
    int width =
        fields.stream().mapToInt(field -> Text.width(line(field.getName()))).max().orElse(0);
    for (Field field : fields) {
      String name = line(field.getName());
      out.println(
          indent
              + name
              + " ".repeat(width - Text.width(name) + 2)
              + line(TypeText.of(field))
              + (field.isNullable() ? "" : " not null"));
      printMetadata(out, field.getMetadata(), indent + "  ");
    }
  }

  private static void printMetadata(PrintWriter out, Map<String, String> metadata, String indent) {
    metadata.forEach(
        (key, value) -> out.println(indent + "metadata " + line(key) + " = " + line(value)));
  }

  private static String line(String text) {
    return Text.line(text, LINE_COLUMNS);
  }
}
