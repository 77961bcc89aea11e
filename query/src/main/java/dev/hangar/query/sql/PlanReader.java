package dev.hangar.query.sql;

import dev.hangar.query.arrow.ForwardingReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * DuckDB's answer to EXPLAIN, its texts told as people know what they tell of, and behind them one
 * row of what Hangar itself does to the tables: one batch. Owns the reader behind it. One thread at
 * a time.
 */
final class PlanReader extends ForwardingReader {
  /** What DuckDB answers with. */
  static final Schema SCHEMA =
      new Schema(
          List.of(
              Field.nullable("explain_key", ArrowType.Utf8.INSTANCE),
              Field.nullable("explain_value", ArrowType.Utf8.INSTANCE)));

  /** The key of the row about tables. */
  private static final String TABLES = "tables";

  private record Row(String key, String value) {}

  private final UnaryOperator<String> told;
  private final Supplier<String> tables;
  private final VectorSchemaRoot root;
  private boolean isRead;

  /**
   * @param told what becomes of DuckDB's texts
   * @param tables what is said of tables, asked behind the last of those; empty for nothing
   */
  PlanReader(
      ArrowReader reader,
      UnaryOperator<String> told,
      Supplier<String> tables,
      BufferAllocator allocator) {
    super(reader, allocator);
    this.told = told;
    this.tables = tables;
    this.root = VectorSchemaRoot.create(SCHEMA, allocator);
  }

  @Override
  public VectorSchemaRoot getVectorSchemaRoot() {
    return root;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    if (isRead) {
      return false;
    }
    isRead = true;
    List<Row> rows = rows();
    root.allocateNew();
    for (int i = 0; i < rows.size(); i++) {
      set(0, i, rows.get(i).key());
      set(1, i, rows.get(i).value());
    }
    root.setRowCount(rows.size());
    return true;
  }

  private List<Row> rows() throws IOException {
    var rows = new ArrayList<Row>();
    VectorSchemaRoot given = super.getVectorSchemaRoot();
    while (super.loadNextBatch()) {
      for (int i = 0; i < given.getRowCount(); i++) {
        String value = String.valueOf(given.getVector(1).getObject(i));
        rows.add(new Row(String.valueOf(given.getVector(0).getObject(i)), told.apply(value)));
      }
    }
    String said = tables.get();
    if (!said.isEmpty()) {
      rows.add(new Row(TABLES, said));
    }
    return rows;
  }

  private void set(int column, int row, String value) {
    ((VarCharVector) root.getVector(column)).setSafe(row, value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    root.close();
    super.close();
  }
}
