package dev.hangar.query.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Types that come back from a Parquet file as they went in, and those that can't. */
class ParquetTypesTest {
  @TempDir Path folder;
  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  static Stream<ArrowType> kept() {
    return Stream.of(
        new ArrowType.Int(8, true),
        new ArrowType.Int(16, true),
        new ArrowType.Int(32, true),
        new ArrowType.Int(64, true),
        new ArrowType.Int(8, false),
        new ArrowType.Int(16, false),
        new ArrowType.Int(32, false),
        new ArrowType.Int(64, false),
        new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE),
        new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE),
        new ArrowType.Bool(),
        new ArrowType.Utf8(),
        new ArrowType.Binary(),
        new ArrowType.Decimal(9, 2, 128),
        new ArrowType.Decimal(38, 5, 128),
        new ArrowType.Date(DateUnit.DAY),
        new ArrowType.Time(TimeUnit.MICROSECOND, 64),
        new ArrowType.Time(TimeUnit.NANOSECOND, 64),
        new ArrowType.Timestamp(TimeUnit.SECOND, null),
        new ArrowType.Timestamp(TimeUnit.MILLISECOND, null),
        new ArrowType.Timestamp(TimeUnit.MICROSECOND, null),
        new ArrowType.Timestamp(TimeUnit.NANOSECOND, null),
        new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC"),
        new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC"),
        new ArrowType.Timestamp(TimeUnit.MICROSECOND, "Europe/Oslo"),
        new ArrowType.Duration(TimeUnit.SECOND),
        new ArrowType.Duration(TimeUnit.NANOSECOND));
  }

  @ParameterizedTest
  @MethodSource("kept")
  void typeAndValuesComeBack(ArrowType type) throws IOException {
    Path parquet = folder.resolve("t.parquet");
    Path arrow = folder.resolve("t.arrow");
    write(parquet, type);
    write(arrow, type);
    assertThat(Rows.fields(parquet, allocator)).isEqualTo(Rows.fields(arrow, allocator));
    assertThat(Rows.of(parquet, allocator)).hasSize(2).isEqualTo(Rows.of(arrow, allocator));
  }

  @Test
  void metadataOfSchemaAndColumnsComesBack() throws IOException {
    Path parquet = folder.resolve("t.parquet");
    write(parquet, new ArrowType.Int(64, true));
    try (DataFile data = DataFile.open(parquet, allocator)) {
      Schema schema = data.reader().getVectorSchemaRoot().getSchema();
      assertThat(schema.getCustomMetadata()).containsExactly(Map.entry("of", "schema"));
      assertThat(schema.getFields().getFirst().getMetadata())
          .containsExactly(Map.entry("of", "column"));
    }
  }

  @Test
  void typeThatParquetIsNotWrittenWithIsRefused() {
    var half = new ArrowType.FloatingPoint(FloatingPointPrecision.HALF);
    assertThatThrownBy(() -> write(folder.resolve("t.parquet"), half))
        .isInstanceOf(DataFileException.class)
        .hasMessageContaining("Unsupported")
        .hasMessageContaining(".arrow");
  }

  /** A value whose lowest two bytes are 5 and 1, and a null. */
  private void write(Path file, ArrowType type) throws IOException {
    var field = new Field("x", new FieldType(true, type, null, Map.of("of", "column")), List.of());
    var schema = new Schema(List.of(field), Map.of("of", "schema"));
    try (ArrowReader reader = Rows.reader(schema, allocator, ParquetTypesTest::fill)) {
      new DataFileWriter(allocator, rows -> {}).write(reader, file);
    }
  }

  private static void fill(VectorSchemaRoot root) {
    FieldVector vector = root.getVector(0);
    switch (vector) {
      case VarCharVector text -> text.setSafe(0, "abc".getBytes());
      case VarBinaryVector binary -> binary.setSafe(0, new byte[] {5, 1, -1});
      case BaseFixedWidthVector fixed -> {
        fixed.setIndexDefined(0);
        int width = Math.max(1, fixed.getTypeWidth());
        fixed.getDataBuffer().setZero(0, width);
        fixed.getDataBuffer().setByte(0, 5);
        if (width > 1) {
          fixed.getDataBuffer().setByte(1, 1);
        }
      }
      default -> throw new IllegalArgumentException(vector.toString());
    }
    root.setRowCount(2);
  }
}
