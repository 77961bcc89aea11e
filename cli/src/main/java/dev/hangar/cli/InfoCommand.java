package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.client.TableInfo;
import dev.hangar.server.ByteSize;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.arrow.vector.types.pojo.Field;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hangar info}: what is known of one table. */
@Command(
    name = "info",
    description = "Says what a table is: rows, size, columns.",
    mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
  /** Types and metadata can be long documents. */
  private static final int LINE_COLUMNS = 200;

  @Mixin private Session session;

  @Parameters(index = "0", paramLabel = "NAME", description = "The table.")
  private String name;

  @Override
  public Integer call() {
    try (Hangar hangar = session.connect()) {
      print(hangar.info(name));
    }
    return ExitCode.OK;
  }

  private void print(TableInfo table) {
    PrintWriter out = session.out();
    out.println(session.terminal().bold(line(table.name())));
    out.printf(Locale.ROOT, "rows     %,d%n", table.rows());
    out.printf(Locale.ROOT, "bytes    %,d (%s)%n", table.bytes(), ByteSize.text(table.bytes()));
    out.printf("columns  %d%n", table.schema().getFields().size());
    printFields(out, table.schema().getFields(), "  ");
    printMetadata(out, table.schema().getCustomMetadata(), "");
  }

  private static void printFields(PrintWriter out, List<Field> fields, String indent) {
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
