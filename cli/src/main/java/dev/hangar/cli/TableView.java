package dev.hangar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;

/** The first rows of a table, for a person at a terminal. */
final class TableView {
  private static final int ROWS_MAX = 20;

  private final Terminal terminal;
  private final PrintWriter out;

  TableView(Terminal terminal, PrintWriter out) {
    this.terminal = terminal;
    this.out = out;
  }

  /**
   * Prints the first rows and says how many there are more.
   *
   * @param table read as far as needed, not closed
   * @param totalRows -1 where unknown
   */
  void print(ArrowReader table, long totalRows) throws IOException {
    int shown = printFirst(table, () -> {});
    long more = totalRows - shown;
    if (more > 0) {
      printMore(more, true);
    } else {
      out.println(terminal.dim(Text.rows(shown)));
    }
  }

  /**
   * Prints the first rows.
   *
   * @param table read as far as needed, not closed
   * @param before done when they are there
   * @return how many were printed
   */
  int printFirst(ArrowReader table, Runnable before) throws IOException {
    List<Field> fields = table.getVectorSchemaRoot().getSchema().getFields();
    var rows = new ArrayList<List<String>>();
    while (rows.size() < ROWS_MAX && table.loadNextBatch()) {
      addRows(table, rows);
    }
    before.run();
    new Grid(
            fields.stream().map(Field::getName).toList(),
            fields.stream().map(TypeText::isNumber).toList(),
            rows)
        .print(terminal, out);
    return rows.size();
  }

  /** Says that there are more rows than were printed: so many, or as many at least. */
  void printMore(long rows, boolean isAll) {
    String more = Text.rows(rows, "more ");
    out.println(
        terminal.dim("… " + (isAll ? "" : "at least ") + more + "; -o FILE writes them all"));
  }

  private static void addRows(ArrowReader table, List<List<String>> rows) throws IOException {
    VectorSchemaRoot root = table.getVectorSchemaRoot();
    int count = Math.min(root.getRowCount(), ROWS_MAX - rows.size());
    var columns = new ArrayList<List<String>>();
    var text = new CellText(table);
    for (FieldVector vector : root.getFieldVectors()) {
      columns.add(IntStream.range(0, count).mapToObj(row -> text.of(vector, row)).toList());
    }
    for (int row = 0; row < count; row++) {
      int at = row;
      rows.add(columns.stream().map(column -> column.get(at)).toList());
    }
  }
}
