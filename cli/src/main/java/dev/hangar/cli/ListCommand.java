package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.client.TableInfo;
import dev.hangar.server.ByteSize;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code hangar ls}: the tables there are. */
@Command(
    name = "ls",
    description = "Lists tables; to a pipe as name, rows, bytes, columns with tabs between.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  @Mixin private Session session;

  @Override
  public Integer call() {
    try (Hangar hangar = session.connect()) {
      List<TableInfo> tables = hangar.list();
      if (session.terminal().isOutput()) {
        print(tables, session.terminal(), session.out());
      } else {
        PrintWriter out = session.out();
        tables.forEach(table ->
            out.printf(
                "%s\t%d\t%d\t%d%n",
                table.name(), table.rows(), table.bytes(), table.schema().getFields().size()));
      }
    }
    return ExitCode.OK;
  }

  /** A table of tables. */
  static void print(List<TableInfo> tables, Terminal terminal, PrintWriter out) {
    if (tables.isEmpty()) {
      out.println("No tables yet; 'hangar put NAME FILE' makes one.");
      return;
    }
    var rows = new ArrayList<List<String>>();
    for (TableInfo table : tables) {
      rows.add(
          List.of(
              table.name(),
              String.format(Locale.ROOT, "%,d", table.rows()),
              ByteSize.text(table.bytes()),
              Integer.toString(table.schema().getFields().size())));
    }
    new Grid(List.of("name", "rows", "size", "columns"), List.of(false, true, true, true), rows)
        .print(terminal, out);
  }
}
