package dev.hangar.query.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Period;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntervalDayVector;
import org.apache.arrow.vector.IntervalMonthDayNanoVector;
import org.apache.arrow.vector.IntervalYearVector;
import org.apache.arrow.vector.PeriodDuration;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that a format would hold as other ones are refused, and nothing is left of the file. */
class HeldInFilesTest {
  private static final Field INTERVAL =
      Field.nullable("x", new ArrowType.Interval(IntervalUnit.MONTH_DAY_NANO));
  private static final Field NANOS =
      Field.nullable("x", new ArrowType.Duration(TimeUnit.NANOSECOND));

  @TempDir private Path folder;
  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  @Test
  void parquetHoldsWholeMillisecondsOfIntervals() throws IOException {
    Path file = write("t.parquet", INTERVAL, interval(86_399_999_000_000L));
    assertThat(Rows.of(file, allocator))
        .containsExactly(
            List.of(new PeriodDuration(Period.of(0, 1, 2), Duration.ofMillis(86_399_999))));
  }

  @ParameterizedTest
  @ValueSource(longs = {1_500_000, 1, -1_000_000, 86_400_000_000_000L})
  void parquetHoldsNoOther(long nanos) {
    refused("t.parquet", INTERVAL, interval(nanos), "value P1M2D PT", "whole milliseconds");
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.parquet", "t.csv", "t.jsonl"})
  void intervalsOfDaysAndMillisecondsAreMistaken(String file) {
    refused(
        file,
        Field.nullable("x", new ArrowType.Interval(IntervalUnit.DAY_TIME)),
        vector -> ((IntervalDayVector) vector).setSafe(0, 1, 1),
        "value PT24H0.001S",
        "intervals of other units");
  }

  @Test
  void intervalsOfMonthsAreHeld() throws IOException {
    Field field = Field.nullable("x", new ArrowType.Interval(IntervalUnit.YEAR_MONTH));
    Path file = write("t.parquet", field, vector -> ((IntervalYearVector) vector).setSafe(0, 14));
    assertThat(Rows.of(file, allocator))
        .containsExactly(List.of(new PeriodDuration(Period.ofMonths(14), Duration.ZERO)));
  }

  @Test
  void norInsideOfLists() {
    Field micros = Field.nullable("item", new ArrowType.Duration(TimeUnit.MICROSECOND));
    var list = new Field("x", FieldType.nullable(new ArrowType.List()), List.of(micros));
    refused(
        "t.parquet",
        list,
        vector -> {
          var lists = (ListVector) vector;
          lists.startNewValue(0);
          ((DurationVector) lists.getDataVector()).setSafe(0, 1_001);
          lists.endValue(0, 1);
          lists.getDataVector().setValueCount(1);
        },
        "value 1001",
        "whole milliseconds");
  }

  @Test
  void durationsOfAColumnAreNumbersInParquet() throws IOException {
    Path file = write("t.parquet", NANOS, vector -> ((DurationVector) vector).setSafe(0, 1));
    assertThat(Rows.of(file, allocator)).containsExactly(List.of(Duration.ofNanos(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.csv", "t.jsonl", "t.tsv", "t.csv.gz"})
  void textHoldsMicrosecondsOfDurations(String file) throws IOException {
    refused(
        file, NANOS, vector -> ((DurationVector) vector).setSafe(0, 1), "value 1", "file of text");
    write(file, NANOS, vector -> ((DurationVector) vector).setSafe(0, 1_000));
  }

  @ParameterizedTest
  @CsvSource({"t.parquet, Parquet file", "t.csv, file of text"})
  void timesAreOfADay(String file, String holder) {
    refused(
        file,
        Field.nullable("x", new ArrowType.Time(TimeUnit.SECOND, 32)),
        vector -> ((TimeSecVector) vector).setSafe(0, 90_000),
        "value 90000",
        holder + " holds only times of a day");
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.parquet", "t.csv", "t.jsonl"})
  void textsAreUtf8(String file) {
    refused(
        file,
        Field.nullable("x", new ArrowType.Utf8()),
        vector -> ((VarCharVector) vector).setSafe(0, new byte[] {'a', (byte) 0xff}),
        "column x",
        "not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.arrow", "t.arrows"})
  void arrowHoldsAll(String name) throws IOException {
    Path file = write(name, INTERVAL, interval(-1));
    assertThat(Rows.of(file, allocator)).hasSize(1);
  }

  private static Consumer<FieldVector> interval(long nanos) {
    return vector -> ((IntervalMonthDayNanoVector) vector).setSafe(0, 1, 2, nanos);
  }

  private void refused(
      String file, Field field, Consumer<FieldVector> fill, String value, String why) {
    assertThatThrownBy(() -> write(file, field, fill))
        .isInstanceOf(DataFileException.class)
        .hasMessageContaining("column x")
        .hasMessageContaining(value)
        .hasMessageContaining(why)
        .hasMessageContaining("Arrow file");
    assertThat(folder).isEmptyDirectory();
  }

  private Path write(String name, Field field, Consumer<FieldVector> fill) throws IOException {
    Path file = folder.resolve(name);
    try (ArrowReader rows =
        Rows.reader(
            new Schema(List.of(field)),
            allocator,
            root -> {
              fill.accept(root.getVector(0));
              root.setRowCount(1);
            })) {
      new DataFileWriter(allocator, count -> {}).write(rows, file);
    }
    return file;
  }
}
