package dev.hangar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;

/** The answer to EXPLAIN for a person at a terminal: texts of several lines, which are drawn. */
final class PlanView {
  private static final List<String> COLUMNS = List.of("explain_key", "explain_value");
  private static final String TAB = "  ";

  private PlanView() {}

  /** Whether an answer is one. */
  static boolean isPlan(ArrowReader answer) throws IOException {
    List<Field> fields = answer.getVectorSchemaRoot().getSchema().getFields();
    return fields.stream().map(Field::getName).toList().equals(COLUMNS);
  }

  /**
   * Prints all of it, line by line, however wide it is: a terminal breaks a line, or can be made
   * wider, and what is cut off is gone.
   *
   * @param before done when the first of it is there
   */
  static void print(ArrowReader answer, PrintWriter out, Runnable before) throws IOException {
    while (answer.loadNextBatch()) {
      before.run();
      VectorSchemaRoot root = answer.getVectorSchemaRoot();
      FieldVector texts = root.getVector(1);
      for (int row = 0; row < root.getRowCount(); row++) {
        String text = texts.isNull(row) ? "" : texts.getObject(row).toString();
        text.lines().forEach(line -> out.println(clean(line)));
      }
    }
  }

  private static String clean(String line) {
    return Text.line(line.replace("\t", TAB), Integer.MAX_VALUE);
  }
}
