package dev.hangar.query.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.query.arrow.BatchEncoder;
import dev.hangar.query.arrow.BatchReader;
import dev.hangar.store.TableName;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import dev.hangar.store.WriteOptions;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.c.ArrowArray;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/** A table's batches as DuckDB asks for them. */
class TableStreamTest {
  private static final Schema TEXT =
      new Schema(List.of(Field.nullable("t", ArrowType.Utf8.INSTANCE)));

  /** Another of DuckDB's threads may ask before the statement has ended. */
  @Test
  void rowsThatWereRefusedAreNotGivenToWhoAsksNext() throws Exception {
    TableName name = TableName.parse("bad");
    try (var allocator = new RootAllocator();
        var tables = new SqlTestTables();
        VectorSchemaRoot root = VectorSchemaRoot.create(TEXT, allocator);
        ArrowArray array = ArrowArray.allocateNew(allocator)) {
      ((VarCharVector) root.getVector(0)).setSafe(0, new byte[] {(byte) 0xff});
      root.setRowCount(1);
      try (TableWriter writer =
          tables.store.write(name, new byte[0], BatchEncoder.schema(TEXT), WriteOptions.DEFAULT)) {
        writer.append(Objects.requireNonNull(new BatchEncoder(root, tables::allocate).encode()));
        writer.commit();
      }
      try (TableVersion version = tables.store.open(name);
          var source =
              new VersionSource(
                  new SqlTable.Stored(version, PartSource.STORE),
                  List.of(),
                  new PartStatistics.OfParts());
          var stream =
              new TableStream(
                  BatchReader.schema(version.schema()),
                  List.of(0),
                  List.of("t"),
                  List.of(),
                  source,
                  allocator)) {
        assertThatThrownBy(() -> stream.next(array.memoryAddress()))
            .isInstanceOf(SqlException.class);
        stream.next(array.memoryAddress());
        assertThat(array.snapshot().release).as("no array was made").isZero();
      }
    }
  }
}
